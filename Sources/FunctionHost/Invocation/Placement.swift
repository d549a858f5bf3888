import Glibc
import Synchronization

/// Decides whether a function may run on the server's event loop, by how long its runs hold their thread.
///
/// A function that answers without suspending is fastest on the loop, without a change of thread. One that computes for long
/// delays every connection of that loop, so it is moved to the concurrency pool when its moving average exceeds ``holdMax``, and
/// comes back when the average has fallen below ``holdReturn``. An average, because the clock cannot tell computing from being
/// preempted: on a busy machine any function has a run of milliseconds now and then.
package final class Placement: Sendable {
    /// The average from which on a function is moved off the loop: 1 ms.
    package static let holdMax = Duration.milliseconds(1)
    /// The average below which it comes back: 200 µs.
    package static let holdReturn = Duration.microseconds(200)
    /// How many runs the average looks back on, about: one run counts for a 64th.
    package static let runs: Int64 = 64

    private let averageNanoseconds = Atomic<Int64>(0)
    private let isMoved = Atomic<Bool>(false)

    /// True while the function has shown that it computes for long.
    package var isOffLoop: Bool { isMoved.load(ordering: .relaxed) }

    /// Takes the measure of one run that held its thread from beginning to end.
    ///
    /// Runs on other threads may lose an update to each other; an average bears it, and a lock on the hot path would not pay.
    package func ran(for duration: Duration) {
        let old = averageNanoseconds.load(ordering: .relaxed)
        let run = min(duration.wholeNanoseconds, Self.runNanosecondsMax)
        let new = old + (run - old) / Self.runs
        averageNanoseconds.store(new, ordering: .relaxed)
        if isOffLoop {
            if new < Self.holdReturn.wholeNanoseconds { isMoved.store(false, ordering: .relaxed) }
        } else if new > Self.holdMax.wholeNanoseconds {
            isMoved.store(true, ordering: .relaxed)
        }
    }

    /// What one run can count for at the most, 10 s, so that a single one does not keep the function away for hours.
    private static let runNanosecondsMax: Int64 = 10_000_000_000
}

extension Duration {
    /// The duration in nanoseconds, rounded towards zero; for measured times, which are far from the bounds of 64 bits.
    fileprivate var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

/// Identifies the current thread, to see whether a run stayed on it.
func currentThreadID() -> UInt { UInt(pthread_self()) }
