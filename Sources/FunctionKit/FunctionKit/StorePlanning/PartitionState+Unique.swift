extension PartitionState {
    /// Checks that no unique index would have two documents in one place after these changes, and notes their places.
    func checkUnique(
        _ changes: inout [CommitPlan.Change],
        _ pending: PendingChanges,
        _ now: Timestamp
    ) throws(StoreError) {
        guard
            changes.contains(where: {
                number(of: $0.key.collection).map { collections[$0].entries.haveUnique } ?? false
            })
        else { return }
        var taken: [UniqueSlot: DocumentID] = [:]
        let written = Set(changes.map(\.key))
        for position in changes.indices {
            let change = changes[position]
            // A document that is expired when it is written never holds a place.
            guard case .put(let record) = change.effect, !record.isExpired(at: now),
                let number = number(of: change.key.collection)
            else { continue }
            for entry in change.entries {
                let definition = collections[number].definitions[entry.index]
                guard definition.isUnique,
                    let values = IndexKey.uniqueValues(entry.key, fields: definition.fields.count)
                else { continue }
                let slot = UniqueSlot(collection: change.key.collection, index: entry.index, values: Array(values))
                let other =
                    taken.updateValue(change.key.id, forKey: slot)
                    ?? holder(slot, collections[number], written, pending, now)
                if let other { throw violation(definition, change.key, other) }
                changes[position].slots.append(slot)
            }
        }
    }

    /// The document, not among those written, that has this place now.
    private func holder(
        _ slot: UniqueSlot,
        _ collection: CollectionState,
        _ written: Set<DocumentKey>,
        _ pending: PendingChanges,
        _ now: Timestamp
    ) -> DocumentID? {
        if let id = pending.holders[slot] {
            let key = DocumentKey(slot.collection, id)
            if !written.contains(key), let document = pending.documents[key] ?? nil, !document.record.isExpired(at: now)
            {
                return id
            }
        }
        var result: DocumentID?
        var key: [UInt8] = []
        collection.indexes[slot.index].forEach(from: slot.values, upTo: slot.values + [IndexKey.afterAll]) { entry in
            guard !collection.records.isExpired(entry.value, at: now) else { return true }
            key.removeAll(keepingCapacity: true)
            entry.appendKey(to: &key)
            let id = DocumentID(trusted: key[slot.values.count...])
            let documentKey = DocumentKey(slot.collection, id)
            guard !written.contains(documentKey), pending.documents[documentKey] == nil else { return true }
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
