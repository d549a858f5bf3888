extension PartitionState {
    /// Checks that no unique index would have two documents in one place after these changes, and notes their places.
    func checkUnique(
        _ changes: inout [CommitPlan<Location>.Change],
        _ pending: PendingChanges<Location>,
        _ now: Timestamp
    ) throws(StoreError) {
        var taken: [UniqueSlot: DocumentID] = [:]
        let written = Set(changes.map(\.key))
        for position in changes.indices {
            let change = changes[position]
            guard case .put(let record) = change.effect, let collection = collections[change.key.collection] else {
                continue
            }
            // A document that is expired when it is written never holds a place.
            guard !record.isExpired(at: now) else { continue }
            for (index, definition) in collection.definitions.enumerated() {
                guard let values = uniqueValues(record.keys[index], definition) else { continue }
                let slot = UniqueSlot(
                    collection: change.key.collection,
                    index: index,
                    values: values
                )
                let other = taken.updateValue(change.key.id, forKey: slot) ?? holder(slot, written, pending, now)
                if let other { throw violation(definition, change.key, other) }
                changes[position].slots.append(slot)
            }
        }
    }

    /// The document, not among those written, that has this place now.
    private func holder(
        _ slot: UniqueSlot,
        _ written: Set<DocumentKey>,
        _ pending: PendingChanges<Location>,
        _ now: Timestamp
    ) -> DocumentID? {
        if let id = pending.holders[slot] {
            let key = DocumentKey(slot.collection, id)
            if !written.contains(key), case .some(.some(let record)) = pending.records[key], !record.isExpired(at: now)
            {
                return id
            }
        }
        guard let collection = collections[slot.collection] else { return nil }
        var result: DocumentID?
        collection.indexes[slot.index].forEach(from: slot.values, upTo: slot.values + [IndexKey.afterAll]) { key in
            guard let id = try? DocumentID(String(decoding: key[slot.values.count...], as: UTF8.self)) else {
                return true
            }
            let documentKey = DocumentKey(slot.collection, id)
            guard !written.contains(documentKey), pending.records[documentKey] == nil,
                let record = collection.records[id], !record.isExpired(at: now)
            else { return true }
            result = id
            return false
        }
        return result
    }

    func violation(_ definition: IndexDefinition, _ key: DocumentKey, _ other: DocumentID) -> StoreError {
        StoreError(
            .uniqueViolation,
            "\(nameOf(key)) has the same \(definition.fields.map(\.path).joined(separator: ", ")) as document '\(other)'; the "
                + "index '\(definition.name)' of '\(tenant)' allows it once."
        )
    }
}
