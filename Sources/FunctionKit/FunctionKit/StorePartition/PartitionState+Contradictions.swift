extension PartitionState {
    /// A document or index entry that does not fit the rest, where its body lies, and why.
    public typealias Contradiction = (key: DocumentKey, location: BodyLocation, reason: String)

    /// The documents whose index entries do not fit their bodies, or that share a place in a unique index, the index entries
    /// that belong to no document, and numbers that do not add up; empty for a sound state. It reads every body.
    public func contradictions(
        at now: Timestamp,
        body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) -> [Contradiction] {
        var result: [Contradiction] = []
        for collection in collections.sorted(by: { $0.name < $1.name }) {
            var check = CollectionCheck(collection: collection, now: now)
            try check.checkDocuments(self, body)
            try check.checkEntries(self, body)
            result += check.found
        }
        let bytes = collections.reduce(0) { sum, collection in
            var sum = sum
            collection.ids.forEach { sum += collection.records.packed($0.value).count }
            return sum
        }
        if bytes != liveBytes, let key = firstKey {
            let reason = "The documents have \(bytes) bytes together, not \(liveBytes)."
            result.append((key, heldRecord(key)?.location ?? .unplaced([]), reason))
        }
        return result
    }

    private var firstKey: DocumentKey? {
        for collection in collections where collection.ids.count > 0 {
            var id: [UInt8] = []
            _ = collection.ids.appendKey(at: collection.ids.start, to: &id)
            return DocumentKey(collection.name, DocumentID(trusted: id))
        }
        return nil
    }
}

/// Compares one collection's documents with its indexes.
private struct CollectionCheck {
    let collection: CollectionState
    let now: Timestamp
    var found: [PartitionState.Contradiction] = []
    /// How many entries each index should have.
    var expected: [Int]
    var expiring = 0
    private var holders: [UniqueSlot: DocumentID] = [:]

    init(collection: CollectionState, now: Timestamp) {
        self.collection = collection
        self.now = now
        expected = collection.definitions.map { _ in 0 }
    }

    mutating func checkDocuments(
        _ state: PartitionState,
        _ body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) {
        let collection = collection
        var id: [UInt8] = []
        try collection.ids.forEach { (entry) throws(StoreError) in
            id.removeAll(keepingCapacity: true)
            entry.appendKey(to: &id)
            let key = DocumentKey(collection.name, DocumentID(trusted: id))
            guard collection.records.isUsed(entry.value) else {
                return found.append((key, .unplaced([]), "\(nameOf(key)) has no record."))
            }
            let record = collection.records[entry.value]
            for reason in try reasons(key, id, entry.value, record, state, body) {
                found.append((key, record.location, reason))
            }
        }
        if collection.records.count != collection.ids.count, let first = anyKey {
            let reason = "'\(collection.name)' has \(collection.records.count) records and \(collection.ids.count) ids."
            found.append((first.key, first.location, reason))
        }
    }

    private mutating func reasons(
        _ key: DocumentKey,
        _ id: [UInt8],
        _ slot: UInt32,
        _ record: DocumentRecord,
        _ state: PartitionState,
        _ body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) -> [String] {
        var reasons: [String] = []
        if let moment = record.expiresAt {
            expiring += 1
            if collection.expiries.get(CollectionState.expiryKey(moment, id)) != slot {
                reasons.append("\(nameOf(key)) is missing from the order of expiry.")
            }
        }
        let bytes = try body(record)
        let entries: [IndexEntry]
        do throws(StoreError) {
            let checked = try DocumentBody(checking: bytes, paths: collection.paths, name: nameOf(key))
            entries = try collection.entries.make(key.id, record.times, checked.values)
        } catch {
            return reasons + [error.message]
        }
        for entry in entries {
            expected[entry.index] += 1
            let definition = collection.definitions[entry.index]
            if collection.indexes[entry.index].get(entry.key) != slot {
                reasons.append("\(nameOf(key)) has no entry in the index '\(definition.name)' that fits it.")
            }
            guard definition.isUnique, !record.isExpired(at: now),
                let values = IndexKey.uniqueValues(entry.key, fields: definition.fields.count)
            else { continue }
            let place = UniqueSlot(collection: key.collection, index: entry.index, values: Array(values))
            if let other = holders.updateValue(key.id, forKey: place) {
                reasons.append(state.violation(definition, key, other).message)
            }
        }
        return reasons
    }

    /// Looks for entries without a document where an index has more entries than the documents need.
    mutating func checkEntries(
        _ state: PartitionState,
        _ body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) {
        for (index, map) in collection.indexes.enumerated() where map.count != expected[index] {
            try findStrays(index, map, body)
        }
        if collection.expiries.count != expiring, let first = anyKey {
            let reason =
                "'\(collection.name)' has \(collection.expiries.count) expiries for \(expiring) documents that expire."
            found.append((first.key, first.location, reason))
        }
    }

    private mutating func findStrays(
        _ index: Int,
        _ map: PackedMap,
        _ body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) {
        let (collection, definition) = (collection, collection.definitions[index])
        var bytes: [UInt8] = []
        try map.forEach { (entry) throws(StoreError) in
            bytes.removeAll(keepingCapacity: true)
            entry.appendKey(to: &bytes)
            let id = bytes[IndexKey.offset(behind: definition.fields.count, in: bytes)...]
            let key = DocumentKey(collection.name, DocumentID(trusted: id))
            let record = collection.record(key.id)
            let entries = try record.map { (record) throws(StoreError) in
                (try? collection.entries.make(key, record, body: body)) ?? []
            }
            guard entries?.contains(IndexEntry(index: index, key: bytes)) != true else { return }
            let reason = "The index '\(definition.name)' has an entry of \(nameOf(key)) that no document has."
            found.append((key, record?.location ?? .unplaced([]), reason))
        }
        let entryCount = map.count
        if entryCount < expected[index], let first = anyKey {
            let reason = "The index '\(definition.name)' has \(entryCount) entries for \(expected[index])."
            found.append((first.key, first.location, reason))
        }
    }

    private var anyKey: (key: DocumentKey, location: BodyLocation)? {
        guard collection.ids.count > 0 else { return nil }
        var id: [UInt8] = []
        let slot = collection.ids.appendKey(at: collection.ids.start, to: &id)
        return (DocumentKey(collection.name, DocumentID(trusted: id)), collection.records[slot].location)
    }
}
