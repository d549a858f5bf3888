import FunctionKit
import FunctionTesting

@testable import FunctionHost

/// One host's thread: its tasks take their next step when the simulation says so, in the order that it draws.
///
/// `@unchecked Sendable`: the simulation's one thread uses it, and whoever enqueues does so from there.
final class SteppedExecutor: TaskExecutor, @unchecked Sendable {
    private var ready: [UnownedJob] = []

    /// A host that is dead takes no step any more.
    var isDead = false
    /// A host that is stalled takes none until it goes on.
    var isStalled = false

    var canStep: Bool { !isDead && !isStalled && !ready.isEmpty }

    func enqueue(_ job: consuming ExecutorJob) { ready.append(UnownedJob(job)) }

    /// Runs one of the steps that are ready.
    func step(_ random: SeededRandomSource) {
        let index = Int(random.next() % UInt64(ready.count))
        let job = ready.remove(at: index)
        job.runSynchronously(on: asUnownedTaskExecutor())
    }

    var spawner: TaskSpawner {
        TaskSpawner { [self] body in Task(executorPreference: self) { await body() } }
    }
}

/// A host's clocks: the wall clock goes ahead of the others' or behind.
struct SkewedClock: AppClock {
    let base: ManualClock
    let skew: Duration
    var now: Timestamp { base.now + skew }
    var uptime: Duration { base.uptime }
    func sleep(for duration: Duration) async throws { try await base.sleep(for: duration) }
}
