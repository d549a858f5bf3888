public import Glibc

/// A value behind a lock, for short state that neither waits nor takes another lock while it is held.
///
/// Not `Synchronization.Mutex`, because the thread sanitizer does not see that one's lock on Linux (tried with Swift 6.3.1:
/// every pair of locked accesses is reported as a race), and the sanitizer is what proves the rest of the code.
/// `@unchecked Sendable`: the value is reached through ``withLock(_:)`` only, under a POSIX mutex that lives as long as this.
public final class LockedState<Value>: @unchecked Sendable {
    @usableFromInline
    let mutex: UnsafeMutablePointer<pthread_mutex_t>
    /// The lock excludes what the runtime's own check, which costs as much as the lock, would look for.
    @usableFromInline
    @exclusivity(unchecked)
    var value: Value

    /// Puts a value behind a new lock.
    public init(_ value: sending Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Gives the value to `body` while nobody else has it. Continuations are to be resumed after it, never within.
    @inlinable
    public func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
