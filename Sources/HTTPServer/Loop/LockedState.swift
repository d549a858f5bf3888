import Glibc

/// A value behind a POSIX mutex.
///
/// Not `Synchronization.Mutex`, because the thread sanitizer does not see that one's lock on Linux (tried with Swift 6.3.1:
/// every pair of locked accesses is reported as a race), and what passes between the loops and other threads is what the
/// sanitizer has to prove. `@unchecked Sendable`: the value is reached by ``withLock(_:)`` only.
final class LockedState<Value>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    init(_ value: Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Gives the value to a short piece of work that neither waits nor takes another lock.
    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&value)
    }
}
