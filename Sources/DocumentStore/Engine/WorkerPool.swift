internal import Dispatch
import FunctionKit

/// Who runs the store's jobs, which may block on the disk. Tests inject one that runs them in an order of its own.
package protocol Workers: Sendable {
    /// Runs a job soon, on any thread, outside of the caller's locks.
    func submit(_ job: @escaping @Sendable () -> Void)
}

/// Threads for accesses that block, such as `fdatasync`, so that none blocks a thread of Swift's concurrency.
///
/// Each worker is a serial queue, which Dispatch gives a thread of its own while it has something to do.
final class WorkerPool: Workers {
    private struct State {
        var idle: [DispatchQueue]
        var jobs: [@Sendable () -> Void] = []
        /// Jobs before this one have been taken.
        var firstJob = 0

        mutating func takeJob() -> (@Sendable () -> Void)? {
            guard firstJob < jobs.count else {
                jobs.removeAll(keepingCapacity: true)
                firstJob = 0
                return nil
            }
            let job = jobs[firstJob]
            firstJob += 1
            // What was done goes, also when the pool never rests; each job is moved once at most for each that was taken.
            if firstJob >= 64, firstJob * 2 >= jobs.count {
                jobs.removeFirst(firstJob)
                firstJob = 0
            }
            return job
        }
    }

    private let state: LockedState<State>

    /// Makes a pool of at most `count` threads.
    init(count: Int) {
        state = LockedState(State(idle: (0..<count).map { DispatchQueue(label: "postern.store.\($0)") }))
    }

    /// Runs a job on the next thread that is free.
    func submit(_ job: @escaping @Sendable () -> Void) {
        let queue = state.withLock { state in
            state.jobs.append(job)
            return state.idle.popLast()
        }
        if let queue { queue.async { self.drain(on: queue) } }
    }

    private func drain(on queue: DispatchQueue) {
        while true {
            let job = state.withLock { state in
                let job = state.takeJob()
                if job == nil { state.idle.append(queue) }
                return job
            }
            guard let job else { return }
            job()
        }
    }
}
