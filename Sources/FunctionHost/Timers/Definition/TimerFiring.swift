package import FunctionKit

/// One run of a timer function that is to happen now.
package struct TimerFiring: Sendable, Hashable {
    /// Why the function runs.
    package enum Reason: Sendable, Hashable {
        /// Its schedule says so.
        case scheduled
        /// The occurrence was missed while no host ran.
        case pastDue(originalSchedule: Timestamp)
        /// `runOnStartup`.
        case runOnStartup
        /// Somebody asked for it.
        case manual
    }

    /// Which function.
    package var functionName: String
    /// What the function receives.
    package var info: TimerInfo
    /// Why it runs.
    package var reason: Reason
    /// When the run begins.
    package var firedAt: Timestamp

    /// Makes a firing.
    package init(functionName: String, info: TimerInfo, reason: Reason, firedAt: Timestamp) {
        self.functionName = functionName
        self.info = info
        self.reason = reason
        self.firedAt = firedAt
    }

    /// The real host's words for the invocation log: the reason, and a line of details for a run outside the schedule.
    package func reasonLines(in zone: TimeZoneRules) -> [String] {
        let text = ZonedTimeText(zone: zone)
        let fired = "Timer fired at \(text.roundTrip(firedAt))"
        switch reason {
        case .scheduled:
            return [fired]
        case .pastDue(let original):
            let schedule = text.roundTrip(original)
            return [
                fired, "Trigger Details: UnscheduledInvocationReason: IsPastDue, OriginalSchedule: \(schedule)",
            ]
        case .runOnStartup:
            return [fired, "Trigger Details: UnscheduledInvocationReason: RunOnStartup"]
        case .manual:
            return ["This function was programmatically called via the host APIs."]
        }
    }
}
