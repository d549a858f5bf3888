import Glibc
import Synchronization

/// Decides whether a function may run on the server's event loop, by how long it has held the loop so far.
///
/// A function that answers without suspending is fastest on the loop, without a change of thread. One that computes for
/// longer than ``holdMax`` delays every connection of that loop, so after ``slowRunsMax`` such runs it is moved to the
/// concurrency pool and stays there. One slow run is forgiven, because a first call often does work that later ones do not.
package final class Placement: Sendable {
    /// How long a run may hold the loop: 2 ms.
    package static let holdMax = Duration.milliseconds(2)
    /// How many longer runs move the function off the loop.
    package static let slowRunsMax = 2

    private let slowRuns = Atomic<Int>(0)

    /// True once the function has shown that it computes for long.
    package var isOffLoop: Bool { slowRuns.load(ordering: .relaxed) >= Self.slowRunsMax }

    /// Takes the measure of one run that held its thread from beginning to end.
    package func ran(for duration: Duration) {
        if duration > Self.holdMax { slowRuns.add(1, ordering: .relaxed) }
    }
}

/// Identifies the current thread, to see whether a run stayed on it.
func currentThreadID() -> UInt { UInt(pthread_self()) }
