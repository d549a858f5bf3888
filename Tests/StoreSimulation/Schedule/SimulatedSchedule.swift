internal import DocumentStore

/// Runs the tasks of all clients and the jobs of the store on one thread, in an order that the seed decides.
///
/// A step may also run in the middle of another one, where that one uses the disk: there a real thread would wait, and others
/// would go on. Such a step runs to its end (or to its own suspension) before the interrupted one goes on.
///
/// `@unchecked Sendable`: it is used from the thread that calls ``run()`` only; what it runs uses it from there.
package final class SimulatedSchedule: TaskExecutor, Workers, @unchecked Sendable {
    private enum Step {
        case task(UnownedJob)
        case work(@Sendable () -> Void)
    }

    private var ready: [Step] = []
    private var random: SimulationRandom
    private var depth = 0
    private let trace: EventTrace
    /// In how many of 1000 accesses to the disk something else runs.
    package var interruptions = 0
    /// How many steps may be interrupted within each other.
    private static let depthMax = 3

    /// Makes an empty schedule.
    package init(random: SimulationRandom, trace: EventTrace) {
        self.random = random
        self.trace = trace
    }

    /// Takes a task's next part.
    package func enqueue(_ job: consuming ExecutorJob) { ready.append(.task(UnownedJob(job))) }

    /// Takes a job of the store.
    package func submit(_ job: @escaping @Sendable () -> Void) { ready.append(.work(job)) }

    /// Runs one step; false when there is none.
    package func runOne() -> Bool {
        guard !ready.isEmpty else { return false }
        let index = random.below(ready.count)
        let step = ready[index]
        ready.swapAt(index, ready.count - 1)
        ready.removeLast()
        trace.note("run", "", index, depth)
        switch step {
        case .task(let job): job.runSynchronously(on: asUnownedTaskExecutor())
        case .work(let job): job()
        }
        return true
    }

    /// Perhaps runs other steps now, in the middle of the one that asks.
    package func interrupt() {
        guard depth < Self.depthMax, !ready.isEmpty, random.chance(interruptions) else { return }
        depth += 1
        for _ in 0...random.below(4) { if !runOne() { break } }
        depth -= 1
    }
}
