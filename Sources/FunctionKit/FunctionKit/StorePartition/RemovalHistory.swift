/// The latest removals of a tenant, for its change feed; the oldest are forgotten first.
public struct RemovalHistory: Sendable {
    /// A document that was removed.
    public struct Removal: Sendable, Hashable {
        /// Which one.
        public let key: DocumentKey
        /// The revision of the batch that removed it.
        public let revision: Revision
    }

    /// Removals up to this revision may have been forgotten.
    public private(set) var floor: Revision
    private var removals: [Removal] = []
    /// How many at the beginning of the list are forgotten and not yet dropped.
    private var forgotten = 0
    private let kept: Int

    /// Makes an empty history.
    ///
    /// - Parameters:
    ///   - floor: removals up to this revision are not known; 0 when there were none.
    ///   - kept: how many are kept.
    public init(floor: Revision = Revision(rawValue: 0), kept: Int = StoreLimits.removalsKept) {
        self.floor = floor
        self.kept = max(kept, 0)
    }

    /// How many are kept now.
    public var count: Int { removals.count - forgotten }

    /// Notes a removal; revisions do not go back.
    public mutating func note(_ key: DocumentKey, _ revision: Revision) {
        removals.append(Removal(key: key, revision: revision))
        guard count > kept else { return }
        floor = removals[forgotten].revision
        forgotten += 1
        // Dropped in one go now and then, so that each costs little.
        if forgotten > kept + 1024 {
            removals.removeFirst(forgotten)
            forgotten = 0
        }
    }

    /// Notes what a plan removes.
    public mutating func note(_ plan: CommitPlan) {
        for change in plan.changes {
            if case .delete = change.effect { note(change.key, plan.revision) }
        }
    }

    /// The removals behind a revision, in their order.
    public func after(_ revision: Revision) -> ArraySlice<Removal> {
        var low = forgotten
        var high = removals.count
        while low < high {
            let middle = (low + high) / 2
            if removals[middle].revision <= revision { low = middle + 1 } else { high = middle }
        }
        return removals[low...]
    }
}
