import Glibc
import Synchronization

/// Decides whether a function may run on the server's event loop, by how long its runs hold their thread.
///
/// A function that answers without suspending is fastest on the loop, without a change of thread. One that computes for long
/// delays every connection of that loop, so it is moved to other threads (``ComputingThreads``) when its moving average exceeds
/// ``holdMax``, and comes back when the average has fallen below ``holdReturn``; each time that it has to go again, it stays away
/// for twice as many runs. What counts is how long each step of a run holds the loop: to its end, or to a suspension
/// (``FunctionCallOwner``). An average, because the clock cannot tell computing from being preempted: on a busy machine any
/// function has a run of milliseconds now and then.
package final class Placement: Sendable {
    /// The average from which on a function is moved off the loop: 1 ms.
    package static let holdMax = Duration.nanoseconds(holdNanosecondsMax)
    /// The average below which it comes back: 200 µs.
    package static let holdReturn = Duration.nanoseconds(holdNanosecondsReturn)
    /// How many runs the average looks back on, about: one run counts for a 64th.
    package static let runs: Int64 = 64

    private let averageNanoseconds = Atomic<Int64>(0)
    private let isMoved = Atomic<Bool>(false)
    private let moves = Atomic<Int>(0)
    private let runsAway = Atomic<Int>(0)

    /// True while the function has shown that it computes for long.
    package var isOffLoop: Bool { isMoved.load(ordering: .relaxed) }

    /// Takes the measure of one run: how long it held its thread.
    ///
    /// Runs on other threads may lose an update to each other; an average bears it, and a lock on the hot path would not pay.
    package func ran(for duration: Duration) { ran(nanoseconds: duration.wholeNanoseconds) }

    /// The same for a measure in nanoseconds.
    package func ran(nanoseconds: Int64) {
        let old = averageNanoseconds.load(ordering: .relaxed)
        let run = min(nanoseconds, Self.runNanosecondsMax)
        let new = old + (run - old) / Self.runs
        averageNanoseconds.store(new, ordering: .relaxed)
        if isOffLoop {
            let runs = runsAway.add(1, ordering: .relaxed).newValue
            let due = Int(Self.runs) << min(moves.load(ordering: .relaxed), Self.doublingsMax)
            if new < Self.holdNanosecondsReturn, runs >= due { isMoved.store(false, ordering: .relaxed) }
        } else if new > Self.holdNanosecondsMax {
            moves.add(1, ordering: .relaxed)
            runsAway.store(0, ordering: .relaxed)
            isMoved.store(true, ordering: .relaxed)
        }
    }

    private static let holdNanosecondsMax: Int64 = 1_000_000
    private static let holdNanosecondsReturn: Int64 = 200_000
    /// How often the runs that a function stays away are doubled at the most: to 262,144.
    private static let doublingsMax = 12

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
