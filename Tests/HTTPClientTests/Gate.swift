import Glibc

/// Lets the blocking script of a server wait for the test.
///
/// The semaphore is made once and never destroyed while a thread can wait: scripts hold the gate.
final class Gate: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// Blocks until somebody opens the gate; each opening lets one through.
    func wait() { while sem_wait(semaphore) != 0 {} }

    /// Lets one waiter through, now or when it comes.
    func open() { sem_post(semaphore) }
}
