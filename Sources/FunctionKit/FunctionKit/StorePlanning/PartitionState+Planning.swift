extension PartitionState {
    /// Decides a batch.
    ///
    /// - Parameters:
    ///   - batch: the checked batch.
    ///   - pending: what is planned and not applied yet; the caller adds the plan there if it goes on with it.
    ///   - now: the clock's time.
    ///   - bytesMax: how many bytes the tenant's documents may have together; nil for any number.
    ///   - body: reads a document that is replaced or removed, to find its entries in indexes; called only for collections with
    ///     indexes over bodies.
    /// - Throws: ``StoreError`` with `alreadyExists`, `notFound` or `revisionMismatch` for the first condition that fails, then
    ///   with `uniqueViolation` when two documents would share a place in a unique index after the whole batch, so that two
    ///   documents may swap their values, then with `quotaExceeded` for a batch that makes the documents larger, and larger
    ///   than they may be; and what `body` throws.
    public func plan(
        _ batch: PreparedBatch,
        over pending: PendingChanges,
        at now: Timestamp,
        bytesMax: Int? = nil,
        body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) -> CommitPlan {
        let held = batch.writes.map { self.held($0.key, pending) }
        // By their places: a write that is taken out of the batch would be copied.
        for index in held.indices {
            try check(batch.writes[index].condition, Self.unexpired(held[index], now), batch.writes[index].key)
        }
        let committedAt = Self.commitTime(batch, held, now)
        let next = Revision(rawValue: lastSequence + Int64(pending.count) + 1)
        var changes: [CommitPlan.Change] = []
        var bodies: [[UInt8]] = []
        changes.reserveCapacity(held.count)
        bodies.reserveCapacity(held.count)
        var addedBytes = 0
        for index in held.indices {
            switch batch.writes[index].effect {
            case .none: continue
            case .delete:
                // An expired document is removed too, so that it cannot come back with a clock that jumps back.
                guard let held = held[index] else { continue }
                changes.append(try removal(of: batch.writes[index].key, held, pending, body))
                bodies.append([])
                addedBytes -= held.location.count
            case .put(let content):
                let old = Self.unexpired(held[index], now)
                let times = DocumentTimes(
                    revision: next,
                    createdAt: content.createdAt ?? old?.createdAt ?? committedAt,
                    updatedAt: content.updatedAt ?? committedAt,
                    expiresAt: content.expiresAt
                )
                var change = try put(batch.writes[index].key, times, content)
                if let held = held[index] { change.oldEntries = try oldEntries(change.key, held, pending, body) }
                changes.append(change)
                bodies.append(content.body.bytes)
                addedBytes += content.body.bytes.count - (held[index]?.location.count ?? 0)
            }
        }
        for key in try checkUnique(&changes, pending, now) {
            guard let held = self.held(key, pending) else { continue }
            changes.append(try removal(of: key, held, pending, body))
            bodies.append([])
            addedBytes -= held.location.count
        }
        try checkQuota(addedBytes, pending, bytesMax)
        return CommitPlan(
            changes: changes,
            bodies: bodies,
            revision: changes.isEmpty ? Revision(rawValue: next.rawValue - 1) : next,
            committedAt: committedAt,
            addedBytes: addedBytes
        )
    }

    /// Now, or the last change of one of the documents if that is later.
    private static func commitTime(_ batch: PreparedBatch, _ held: [DocumentRecord?], _ now: Timestamp) -> Timestamp {
        var result = now
        for index in held.indices {
            guard let old = unexpired(held[index], now), case .put = batch.writes[index].effect else { continue }
            result = max(result, old.updatedAt)
        }
        return result
    }

    /// The document as the pending batches leave it, expired or not.
    func held(_ key: DocumentKey, _ pending: PendingChanges) -> DocumentRecord? {
        if let planned = pending.documents[key] { return planned?.record }
        return heldRecord(key)
    }

    private static func unexpired(_ record: DocumentRecord?, _ now: Timestamp) -> DocumentRecord? {
        guard let record, !record.isExpired(at: now) else { return nil }
        return record
    }

    /// The entries in indexes of a document as the pending batches leave it.
    private func oldEntries(
        _ key: DocumentKey,
        _ record: DocumentRecord,
        _ pending: PendingChanges,
        _ body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) -> [IndexEntry] {
        // What is pending has no place to be read from yet, but is still here.
        if let planned = pending.documents[key] { return planned?.entries ?? [] }
        guard let number = number(of: key.collection), !collections[number].definitions.isEmpty else { return [] }
        return try collections[number].entries.make(key, record, body: body)
    }

    func removal(
        of key: DocumentKey,
        _ record: DocumentRecord,
        _ pending: PendingChanges,
        _ body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) -> CommitPlan.Change {
        var change = CommitPlan.Change(key: key, effect: .delete)
        change.oldEntries = try oldEntries(key, record, pending, body)
        return change
    }

    private func put(
        _ key: DocumentKey,
        _ times: DocumentTimes,
        _ content: PreparedBatch.Content
    ) throws(StoreError) -> CommitPlan.Change {
        let record = DocumentRecord(times, at: .unplaced(content.body.bytes))
        var change = CommitPlan.Change(key: key, effect: .put(record))
        guard let number = number(of: key.collection) else { return change }
        let collection = collections[number]
        var values = content.body.values
        if content.schemaVersion != collection.version {
            values = try IndexedValues(stored: content.body.bytes[...], paths: collection.paths, name: nameOf(key))
        }
        change.entries = try collection.entries.make(key.id, times, values)
        return change
    }

    private func check(
        _ condition: PreparedBatch.Condition,
        _ record: DocumentRecord?,
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

    private func checkQuota(_ addedBytes: Int, _ pending: PendingChanges, _ bytesMax: Int?) throws(StoreError) {
        guard let bytesMax, addedBytes > 0 else { return }
        let bytes = liveBytes + pending.addedBytes + addedBytes
        guard bytes > bytesMax else { return }
        throw StoreError(
            .quotaExceeded,
            "The documents of '\(tenant)' would have \(bytes) bytes; \(bytesMax) are allowed. Remove some, or raise the bound."
        )
    }
}
