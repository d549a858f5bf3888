extension PartitionState {
    /// The documents whose index entries do not fit their bodies, or that share a place in a unique index; empty for a sound
    /// state. It reads every body.
    public func contradictions(
        at now: Timestamp,
        body: (DocumentRecord<Location>) throws(StoreError) -> [UInt8]
    ) throws(StoreError) -> [(key: DocumentKey, location: Location, reason: String)] {
        var result: [(key: DocumentKey, location: Location, reason: String)] = []
        var holders: [UniqueSlot: DocumentID] = [:]
        for (name, collection) in collections.sorted(by: { $0.key < $1.key }) {
            for (id, record) in collection.records.sorted(by: { $0.key < $1.key }) {
                let key = DocumentKey(name, id)
                let reasons = try reasons(key, record, collection, now, &holders, body)
                result += reasons.map { (key: key, location: record.location, reason: $0) }
            }
        }
        return result
    }

    private func reasons(
        _ key: DocumentKey,
        _ record: DocumentRecord<Location>,
        _ collection: CollectionState<Location>,
        _ now: Timestamp,
        _ holders: inout [UniqueSlot: DocumentID],
        _ body: (DocumentRecord<Location>) throws(StoreError) -> [UInt8]
    ) throws(StoreError) -> [String] {
        let bytes = try body(record)
        let keys: [[UInt8]]
        do throws(StoreError) {
            let checked = try DocumentBody(checking: bytes, paths: collection.paths, name: nameOf(key))
            let times = DocumentTimes(
                revision: record.revision,
                createdAt: record.createdAt,
                updatedAt: record.updatedAt,
                expiresAt: record.expiresAt
            )
            keys = try collection.keys(key.id, times, checked.values)
        } catch {
            return [error.message]
        }
        var reasons: [String] = []
        if !collection.ids.contains(Array(key.id.description.utf8)) {
            reasons.append("\(nameOf(key)) is missing from the order of ids.")
        }
        for (position, definition) in collection.definitions.enumerated() {
            if keys[position] != record.keys[position] || !collection.indexes[position].contains(keys[position]) {
                reasons.append("\(nameOf(key)) has no entry in the index '\(definition.name)' that fits it.")
            }
            guard !record.isExpired(at: now), let values = uniqueValues(keys[position], definition) else { continue }
            let slot = UniqueSlot(collection: key.collection, index: position, values: values)
            if let other = holders.updateValue(key.id, forKey: slot) {
                reasons.append(violation(definition, key, other).message)
            }
        }
        return reasons
    }
}
