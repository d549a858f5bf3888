import FunctionKit

/// The bounds of the timers' history.
package enum TimerHistoryLimits {
    /// How long an entry is kept after it was written: 30 days.
    package static let age = Duration.seconds(30 * 86_400)
    /// The most entries of one timer; the oldest goes with each that comes.
    package static let entriesPerTimerMax = 500
    /// The most entries of all timers of an app together: each of many timers has its share, at least ``entriesPerTimerMin``.
    package static let entriesMax = 100_000
    /// How many entries a timer has at least, however many timers there are.
    package static let entriesPerTimerMin = 10
    /// How long a timer whose progress is not kept (``TimerDefinition/useMonitor``) gathers its history before it is written: a
    /// crash loses as much of it.
    package static let gatheringTime = Duration.seconds(60)
    /// What one entry of such a timer tells of at the most: an hour of runs that ended alike.
    package static let gatheredSpan = Duration.seconds(3600)
    /// How many entries of such a timer are open at once; beyond it, failures with other words are counted with the first ones.
    package static let gatheredKindsMax = 8
    /// The most entries of one timer that wait for a store that does not take them; the oldest are dropped.
    package static let unsavedMax = 64

    /// How many entries each of so many timers keeps.
    package static func entriesPerTimer(timers: Int) -> Int {
        max(entriesPerTimerMin, min(entriesPerTimerMax, entriesMax / max(timers, 1)))
    }
}
