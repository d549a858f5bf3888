import FunctionKit

/// Counts what one run did for one tenant.
public final class SyncTally: Sendable {
    /// The counts.
    public struct Counts: Sendable, Hashable {
        /// Records that the other program took.
        public var pushed = 0
        /// Changes that were taken from it.
        public var pulled = 0
        /// Changes for companies that are not ours.
        public var skipped = 0
        /// Records that failed.
        public var failed = 0
    }

    private let state = LockedState(Counts())

    /// What has been counted so far.
    public var counts: Counts { state.withLock { $0 } }

    /// Adds to the counts.
    public func add(pushed: Int = 0, pulled: Int = 0, skipped: Int = 0, failed: Int = 0) {
        state.withLock { counts in
            counts.pushed += pushed
            counts.pulled += pulled
            counts.skipped += skipped
            counts.failed += failed
        }
    }
}
