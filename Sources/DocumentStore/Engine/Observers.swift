internal import FunctionKit

/// Who wants to know of commits.
final class Observers: Sendable {
    private let observers = LockedState<[@Sendable (CommitNotice) -> Void]>([])

    func add(_ observer: @escaping @Sendable (CommitNotice) -> Void) { observers.withLock { $0.append(observer) } }

    /// Tells everyone of some commits, outside the lock, since an observer may come back to the store.
    func notify(_ notices: [CommitNotice]) {
        let observers = observers.withLock { $0 }
        for notice in notices { for observer in observers { observer(notice) } }
    }
}
