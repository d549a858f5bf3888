internal import FunctionKit

/// Who wants to know of commits.
final class Observers: Sendable {
    private let observers = LockedState<[@Sendable (CommitNotice) -> Void]>([])

    func add(_ observer: @escaping @Sendable (CommitNotice) -> Void) { observers.withLock { $0.append(observer) } }

    /// Calls everyone, outside the lock, since an observer may come back to the store.
    func notify(_ notice: CommitNotice) {
        for observer in observers.withLock({ $0 }) { observer(notice) }
    }
}
