extension CollectionState {
    /// How many documents have expired and are still held.
    func expiredCount(at now: Timestamp) -> Int {
        var result = 0
        expiries.forEach(from: [], upTo: Self.momentKey(now) + [IndexKey.afterAll]) { _ in
            result += 1
            return true
        }
        return result
    }

    /// Calls `body` with the moments and ids of the documents whose moment has come, the longest expired first, until it
    /// returns false.
    func forEachExpired(at now: Timestamp, _ body: (Timestamp, DocumentID) -> Bool) {
        var key: [UInt8] = []
        expiries.forEach(from: [], upTo: Self.momentKey(now) + [IndexKey.afterAll]) { entry in
            key.removeAll(keepingCapacity: true)
            entry.appendKey(to: &key)
            return body(Self.moment(ofExpiry: key), DocumentID(trusted: key.dropFirst(8)))
        }
    }

    /// When the next document expires; nil when none does.
    var nextExpiry: Timestamp? {
        guard expiries.count > 0 else { return nil }
        var key: [UInt8] = []
        _ = expiries.appendKey(at: expiries.start, to: &key)
        return Self.moment(ofExpiry: key)
    }
}

extension PartitionState {
    /// When the next document expires, or the longest expired one has; nil when none does.
    public var nextExpiry: Timestamp? { collections.compactMap(\.nextExpiry).min() }

    /// A plan that removes expired documents, the longest expired first; nil when there is none.
    ///
    /// - Parameters:
    ///   - pending: what is planned and not applied yet.
    ///   - now: the clock's time.
    ///   - limit: how many documents at the most.
    ///   - body: reads a document, to find its entries in indexes.
    /// - Throws: what `body` throws.
    public func planExpiry(
        over pending: PendingChanges,
        at now: Timestamp,
        limit: Int,
        body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) -> CommitPlan? {
        var expired: [(moment: Timestamp, key: DocumentKey)] = []
        for collection in collections {
            var count = 0
            collection.forEachExpired(at: now) { moment, id in
                let key = DocumentKey(collection.name, id)
                if let record = held(key, pending), record.isExpired(at: now) {
                    expired.append((moment, key))
                    count += 1
                }
                return count < limit
            }
        }
        // By moment; those of one moment keep the order of their collections and ids.
        let order = expired.indices.sorted { (expired[$0].moment, $0) < (expired[$1].moment, $1) }
        var changes: [CommitPlan.Change] = []
        var removedBytes = 0
        for key in order.prefix(limit).map({ expired[$0].key }) {
            guard let held = held(key, pending) else { continue }
            removedBytes += held.location.count
            changes.append(try removal(of: key, held, pending, body))
        }
        guard !changes.isEmpty else { return nil }
        return CommitPlan(
            changes: changes,
            bodies: changes.map { _ in [] },
            revision: Revision(rawValue: lastSequence + Int64(pending.count) + 1),
            committedAt: now,
            addedBytes: -removedBytes
        )
    }
}
