import Dispatch
import FunctionKit
import Testing

@testable import DocumentStore

/// The threads that wait for the disk.
struct WorkerPoolTests {
    /// Counts jobs, and wakes the test when all are done.
    private final class Tally: Sendable {
        private struct State {
            var left: Int
            var running = 0
            var runningMax = 0
            var waiter: CheckedContinuation<Void, Never>?
        }

        private let state: LockedState<State>

        init(_ count: Int) { state = LockedState(State(left: count)) }

        var runningMax: Int { state.withLock { $0.runningMax } }

        func run(_ body: () -> Void = {}) {
            state.withLock { state in
                state.running += 1
                state.runningMax = max(state.runningMax, state.running)
            }
            body()
            let waiter = state.withLock { state in
                state.running -= 1
                state.left -= 1
                return state.left == 0 ? state.waiter.take() : nil
            }
            waiter?.resume()
        }

        func allDone() async {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.left > 0 { state.waiter = continuation }
                    return state.left <= 0
                }
                if isDone { continuation.resume() }
            }
        }
    }

    /// The moment between a worker's last look for a job and its rest is where a job could be forgotten: jobs come from many
    /// tasks and from jobs, in so small numbers that workers go to rest all the time.
    @Test(arguments: [1, 2, 8])
    func everyJobRunsOnceOnNoMoreThreadsThanAllowed(threads: Int) async {
        let pool = WorkerPool(count: threads)
        let tally = Tally(16 * 200 * 3)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    for _ in 0..<200 {
                        pool.submit {
                            tally.run { pool.submit { tally.run { pool.submit { tally.run() } } } }
                        }
                        await Task.yield()
                    }
                }
            }
        }
        await tally.allDone()
        #expect((1...threads).contains(tally.runningMax))
    }

    @Test func aJobThatBlocksHoldsUpNoOther() async {
        let pool = WorkerPool(count: 2)
        let gate = DispatchSemaphore(value: 0)
        let blocked = Tally(1)
        pool.submit { blocked.run { gate.wait() } }
        let others = Tally(100)
        for _ in 0..<100 { pool.submit { others.run() } }
        await others.allDone()
        gate.signal()
        await blocked.allDone()
    }

    /// What a job holds goes soon after it, also while the pool is never idle.
    @Test func doneJobsAreNotKept() async {
        final class Held: Sendable {
            let freed: LockedState<Int>
            init(_ freed: LockedState<Int>) { self.freed = freed }
            deinit { freed.withLock { $0 += 1 } }
        }
        let pool = WorkerPool(count: 1)
        let gate = DispatchSemaphore(value: 0)
        let freed = LockedState(0)
        let freedBeforeTheLast = LockedState(0)
        let tally = Tally(1002)
        pool.submit { tally.run { gate.wait() } }
        for _ in 0..<1000 {
            let held = Held(freed)
            pool.submit { tally.run { withExtendedLifetime(held) {} } }
        }
        pool.submit {
            let count = freed.withLock { $0 }
            freedBeforeTheLast.withLock { $0 = count }
            tally.run()
        }
        gate.signal()
        await tally.allDone()
        #expect(freedBeforeTheLast.withLock { $0 } > 900)
    }
}
