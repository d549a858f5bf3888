/// A page of the change feed before the bodies are read.
public struct RecordChanges: Sendable {
    /// The changes in the order of their revisions; a removal has no record.
    public let changes: [(key: DocumentKey, revision: Revision, record: DocumentRecord?)]
    /// Where to go on.
    public let position: ChangePosition
    /// True when nothing lies behind that.
    public let isAtEnd: Bool

    /// Makes a page.
    public init(
        changes: [(key: DocumentKey, revision: Revision, record: DocumentRecord?)],
        position: ChangePosition,
        isAtEnd: Bool
    ) {
        self.changes = changes
        self.position = position
        self.isAtEnd = isAtEnd
    }
}

extension PartitionState {
    /// What has changed behind a position; see ``TenantPartition/changes(after:limit:)``. It looks at every record, unless the
    /// position is the end.
    public func changes(
        after position: ChangePosition,
        limit: Int,
        removals: RemovalHistory,
        at now: Timestamp
    ) throws(StoreError) -> RecordChanges {
        let last = Revision(rawValue: lastSequence)
        let position = try start(position, limit, removalsSince: removals.floor)
        guard position.revision < last else { return RecordChanges(changes: [], position: position, isAtEnd: true) }
        var found: [(key: DocumentKey, revision: Revision, record: DocumentRecord?)] = []
        forEachRecord { key, record in
            if record.revision > position.revision, !record.isExpired(at: now) {
                found.append((key, record.revision, record))
            }
        }
        for removal in removals.after(position.removalsNeededAfter) where heldRecord(removal.key) == nil {
            found.append((removal.key, removal.revision, nil))
        }
        found.sort { $0.revision < $1.revision }
        var end = min(limit, found.count)
        // A batch is told as a whole, since a position lies between two of them.
        while end > 0, end < found.count, found[end].revision == found[end - 1].revision { end += 1 }
        let isAtEnd = end == found.count
        return RecordChanges(
            changes: Array(found[..<end]),
            position: ChangePosition(
                revision: isAtEnd ? last : found[end - 1].revision,
                startedAt: position.startedAt
            ),
            isAtEnd: isAtEnd
        )
    }

    /// Where a reader of changes with this position goes on.
    ///
    /// - Parameters:
    ///   - position: what the reader says.
    ///   - limit: how many changes it wants at most.
    ///   - floor: removals up to this revision may have been forgotten.
    /// - Throws: ``StoreError`` with `invalidQuery` for a limit out of range, and with `positionExpired`.
    public func start(
        _ position: ChangePosition,
        _ limit: Int,
        removalsSince floor: Revision
    ) throws(StoreError) -> ChangePosition {
        guard (1...StoreLimits.changesMax).contains(limit) else {
            throw StoreError(.invalidQuery, "\(limit) changes at once: use 1 to \(StoreLimits.changesMax).")
        }
        let last = Revision(rawValue: lastSequence)
        if position.revision.rawValue <= 0, position.startedAt.rawValue == 0 {
            return ChangePosition(revision: ChangePosition.beginning.revision, startedAt: last)
        }
        guard position.removalsNeededAfter >= floor else {
            throw StoreError(
                .positionExpired,
                "The change feed of '\(tenant)' keeps removals from batch \(floor.rawValue) on; the position \(position) lies "
                    + "before. Read everything again from the beginning."
            )
        }
        return position.revision > last ? ChangePosition(revision: last) : position
    }
}
