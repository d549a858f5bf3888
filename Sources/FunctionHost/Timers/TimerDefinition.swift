package import FunctionKit

/// A timer function as the service arms it.
package struct TimerDefinition: Sendable {
    /// The function's name; also the id of its status in the store.
    package var functionName: String
    /// When it runs.
    package var schedule: Schedule
    /// Whether it also runs once when the host starts.
    package var runOnStartup: Bool
    /// Whether its status is kept, so that a run missed while no host ran is caught up. Schedules that fire more often than
    /// once a minute are never kept (see ``Schedule/isBelowOneMinute(at:in:)``).
    package var useMonitor: Bool
    /// True for a function that its setting disables: it is never armed, but can be run by hand.
    package var isDisabled: Bool

    /// Makes a definition with Azure's defaults.
    package init(
        functionName: String,
        schedule: Schedule,
        runOnStartup: Bool = false,
        useMonitor: Bool = true,
        isDisabled: Bool = false
    ) {
        self.functionName = functionName
        self.schedule = schedule
        self.runOnStartup = runOnStartup
        self.useMonitor = useMonitor
        self.isDisabled = isDisabled
    }
}

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
