extension PartitionState {
    /// Decides a batch.
    ///
    /// - Parameters:
    ///   - batch: the checked batch.
    ///   - pending: what is planned and not applied yet; the caller adds the plan there if it goes on with it.
    ///   - now: the clock's time.
    ///   - placeholder: the location of a body that has none yet.
    /// - Throws: ``StoreError`` with `alreadyExists`, `notFound` or `revisionMismatch` for the first condition that fails, then
    ///   with `uniqueViolation` when two documents would share a place in a unique index after the whole batch, so that two
    ///   documents may swap their values.
    public func plan(
        _ batch: PreparedBatch,
        over pending: PendingChanges<Location>,
        at now: Timestamp,
        placeholder: Location
    ) throws(StoreError) -> CommitPlan<Location> {
        for write in batch.writes {
            try check(write.condition, current(write.key, pending, now), write.key)
        }
        var committedAt = now
        for write in batch.writes {
            guard case .put = write.effect, let old = current(write.key, pending, now) else { continue }
            committedAt = max(committedAt, old.updatedAt)
        }
        let next = Revision(rawValue: lastSequence + Int64(pending.count) + 1)
        var changes: [CommitPlan<Location>.Change] = []
        var bodies: [[UInt8]] = []
        for write in batch.writes {
            switch write.effect {
            case .none: break
            case .delete:
                // An expired document is removed too, so that it cannot come back with a clock that jumps back.
                guard held(write.key, pending) != nil else { break }
                changes.append(.init(key: write.key, effect: .delete))
                bodies.append([])
            case .put(let content):
                let old = current(write.key, pending, now)
                let times = DocumentTimes(
                    revision: next,
                    createdAt: content.createdAt ?? old?.createdAt ?? committedAt,
                    updatedAt: content.updatedAt ?? committedAt,
                    expiresAt: content.expiresAt
                )
                changes.append(
                    .init(key: write.key, effect: .put(try record(write.key, times, content, placeholder)))
                )
                bodies.append(content.body.bytes)
            }
        }
        try checkUnique(&changes, pending, now)
        return CommitPlan(
            changes: changes,
            bodies: bodies,
            revision: changes.isEmpty ? Revision(rawValue: next.rawValue - 1) : next,
            committedAt: committedAt
        )
    }

    /// A plan that removes expired documents, the longest expired first; nil when there is none.
    public func planExpiry(
        over pending: PendingChanges<Location>,
        at now: Timestamp,
        limit: Int
    ) -> CommitPlan<Location>? {
        var changes: [CommitPlan<Location>.Change] = []
        forEachExpired(at: now) { key in
            if let record = held(key, pending), record.isExpired(at: now) {
                changes.append(.init(key: key, effect: .delete))
            }
            return changes.count < limit
        }
        guard !changes.isEmpty else { return nil }
        return CommitPlan(
            changes: changes,
            bodies: changes.map { _ in [] },
            revision: Revision(rawValue: lastSequence + Int64(pending.count) + 1),
            committedAt: now
        )
    }

    /// The document as the pending batches leave it, expired or not.
    private func held(_ key: DocumentKey, _ pending: PendingChanges<Location>) -> DocumentRecord<Location>? {
        if let planned = pending.records[key] { return planned }
        return collections[key.collection]?.records[key.id]
    }

    private func current(
        _ key: DocumentKey,
        _ pending: PendingChanges<Location>,
        _ now: Timestamp
    ) -> DocumentRecord<Location>? {
        guard let record = held(key, pending), !record.isExpired(at: now) else { return nil }
        return record
    }

    private func check(
        _ condition: PreparedBatch.Condition,
        _ record: DocumentRecord<Location>?,
        _ key: DocumentKey
    ) throws(StoreError) {
        switch condition {
        case .none: break
        case .absent(let code):
            guard let record else { return }
            throw StoreError(
                code,
                "\(nameOf(key)) exists already in '\(tenant)', with revision \(record.revision.rawValue)."
            )
        case .revision(let expected):
            guard let record else { throw StoreError(.notFound, "\(nameOf(key)) does not exist in '\(tenant)'.") }
            guard record.revision != expected else { return }
            throw StoreError(
                .revisionMismatch,
                "\(nameOf(key)) in '\(tenant)' has revision \(record.revision.rawValue), not \(expected.rawValue). Read it again."
            )
        }
    }

    private func record(
        _ key: DocumentKey,
        _ times: DocumentTimes,
        _ content: PreparedBatch.Content,
        _ placeholder: Location
    ) throws(StoreError) -> DocumentRecord<Location> {
        let collection = collections[key.collection] ?? CollectionState()
        var values = content.body.values
        if content.schemaVersion != collection.version {
            values = try DocumentBody(stored: content.body.bytes, paths: collection.paths, name: nameOf(key)).values
        }
        return DocumentRecord(
            revision: times.revision,
            createdAt: times.createdAt,
            updatedAt: times.updatedAt,
            expiresAt: times.expiresAt,
            location: placeholder,
            keys: try collection.keys(key.id, times, values)
        )
    }
}
