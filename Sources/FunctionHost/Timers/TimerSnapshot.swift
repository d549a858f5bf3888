package import FunctionKit

/// How a timer stands, for listings and the admin API.
package struct TimerSnapshot: Sendable, Hashable {
    /// Which function.
    package var functionName: String
    /// When it is due; nil while it runs, when its schedule has ended, when it is disabled, and before the service started.
    package var next: Timestamp?
    /// When its last run by the schedule began, in this process or one before; nil when that is not known.
    package var last: Timestamp?
    /// True during a run, by the schedule or by hand.
    package var isRunning: Bool
    /// How the last run by the schedule in this process ended; nil before the first.
    package var lastSucceeded: Bool?
}
