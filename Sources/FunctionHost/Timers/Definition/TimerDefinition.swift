/// A timer function as the service arms it.
package struct TimerDefinition: Sendable, Hashable {
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
    /// What becomes of occurrences that could not run at their time.
    package var missed: MissedRunPolicy

    /// Makes a definition with Azure's defaults.
    package init(
        functionName: String,
        schedule: Schedule,
        runOnStartup: Bool = false,
        useMonitor: Bool = true,
        isDisabled: Bool = false,
        missed: MissedRunPolicy = .once
    ) {
        self.functionName = functionName
        self.schedule = schedule
        self.runOnStartup = runOnStartup
        self.useMonitor = useMonitor
        self.isDisabled = isDisabled
        self.missed = missed
    }
}
