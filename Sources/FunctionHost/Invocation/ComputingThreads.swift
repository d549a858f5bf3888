import CLinux
import FunctionKit
import Glibc

/// The threads of functions that compute for long, apart from those of all other tasks: the concurrency pool has one for each processor
/// only, and two functions that compute would keep every function that waits for the store from going on.
///
/// They are started when they are needed, give way to others (their nice value is ``niceness``), and live as long as the process. How
/// many run at once is bounded; what comes then waits its turn.
final class ComputingThreads: TaskExecutor {
    /// The threads of this process: two for each processor, at least four.
    static let shared = ComputingThreads(count: max(4, 2 * Int(sysconf(CInt(_SC_NPROCESSORS_ONLN)))))
    /// How much less of the processors they get than others that want them: 5 of 19.
    private static let niceness: CInt = 5

    private struct State {
        var jobs: [UnownedJob] = []
        var threads = 0
        var idle = 0
    }

    private let state = LockedState(State())
    private let count: Int
    /// Counts the jobs that wait.
    private let waiting = eventfd(0, CInt(EFD_CLOEXEC | EFD_SEMAPHORE))

    init(count: Int) { self.count = count }

    func enqueue(_ job: consuming ExecutorJob) {
        let queued = UnownedJob(job)
        let startsThread = state.withLock { state -> Bool in
            state.jobs.append(queued)
            guard state.idle < state.jobs.count, state.threads < count else { return false }
            state.threads += 1
            state.idle += 1
            return true
        }
        if startsThread { startThread { [self] in run() } }
        eventfd_write(waiting, 1)
    }

    private func run() {
        postern_lower_thread_priority(Self.niceness)
        while true {
            var number: eventfd_t = 0
            guard eventfd_read(waiting, &number) == 0 else { continue }
            let job = state.withLock { state -> UnownedJob? in
                guard !state.jobs.isEmpty else { return nil }
                state.idle -= 1
                return state.jobs.removeFirst()
            }
            job?.runSynchronously(on: asUnownedTaskExecutor())
            if job != nil { state.withLock { $0.idle += 1 } }
        }
    }
}
