extension PartitionState {
    /// Checks that no unique index would have two documents in one place after these changes, and notes their places.
    ///
    /// A document counts as what is written even if it has expired by then, since a clock that jumps back would show it.
    /// - Returns: the expired documents whose places are taken. They have to go with the same batch: they would come back to
    ///   their places with a clock that jumps back.
    func checkUnique(
        _ changes: inout [CommitPlan.Change],
        _ pending: PendingChanges,
        _ now: Timestamp
    ) throws(StoreError) -> [DocumentKey] {
        guard
            changes.contains(where: {
                number(of: $0.key.collection).map { collections[$0].entries.haveUnique } ?? false
            })
        else { return [] }
        var expired: [DocumentKey] = []
        var taken: [UniqueSlot: DocumentID] = [:]
        let written = Set(changes.map(\.key))
        for position in changes.indices {
            let change = changes[position]
            guard case .put = change.effect, let number = number(of: change.key.collection) else { continue }
            for entry in change.entries {
                let definition = collections[number].definitions[entry.index]
                guard definition.isUnique,
                    let values = IndexKey.uniqueValues(entry.key, fields: definition.fields.count)
                else { continue }
                let slot = UniqueSlot(collection: change.key.collection, index: entry.index, values: Array(values))
                let other =
                    taken.updateValue(change.key.id, forKey: slot)
                    ?? holder(slot, collections[number], written, pending, now, &expired)
                if let other { throw violation(definition, change.key, other) }
                changes[position].slots.append(slot)
            }
        }
        return expired
    }

    /// The document, not among those written, that has this place now. Expired ones that had it are added to a list.
    private func holder(
        _ slot: UniqueSlot,
        _ collection: CollectionState,
        _ written: Set<DocumentKey>,
        _ pending: PendingChanges,
        _ now: Timestamp,
        _ expired: inout [DocumentKey]
    ) -> DocumentID? {
        if let id = pending.holders[slot] {
            let key = DocumentKey(slot.collection, id)
            if !written.contains(key), let document = pending.documents[key] ?? nil {
                if !document.record.isExpired(at: now) { return id }
                if !expired.contains(key) { expired.append(key) }
            }
        }
        var result: DocumentID?
        var key: [UInt8] = []
        collection.indexes[slot.index].forEach(from: slot.values, upTo: slot.values + [IndexKey.afterAll]) { entry in
            key.removeAll(keepingCapacity: true)
            entry.appendKey(to: &key)
            let id = DocumentID(trusted: key[slot.values.count...])
            let documentKey = DocumentKey(slot.collection, id)
            guard !written.contains(documentKey), pending.documents[documentKey] == nil else { return true }
            guard !collection.records.isExpired(entry.value, at: now) else {
                if !expired.contains(documentKey) { expired.append(documentKey) }
                return true
            }
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
