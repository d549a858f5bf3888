import FunctionKit

/// What one timer function does next: events in, actions out, no clock and no store of its own.
///
/// The function has one turn at a time, be it a run of the schedule or one by hand, and the turn includes the writing of
/// its status: so no two runs overlap. Sections 4.5 and 4.6 of the Azure reference.
struct TimerState: Sendable {
    /// What the owner is to do.
    enum Action: Sendable, Hashable {
        /// Run the function, then call ``finish(_:at:)``.
        case fire(TimerFiring)
        /// Tell the waiting caller of this ticket that it is its turn; ``finish(_:at:)`` follows.
        case grant(Int, TimerFiring)
        /// Call ``tick(at:)`` when `status.next` has come.
        case arm
    }

    /// What becomes of a request to run by hand.
    enum Request: Sendable, Hashable {
        case begin(TimerFiring)
        case wait
        case refuse
    }

    /// A run that is going.
    struct Run: Sendable {
        var reason: TimerFiring.Reason
        /// The reason as the history tells it.
        var told: TimerHistoryEntry.Reason
        /// The occurrence that it serves; nil for one outside the schedule.
        var occurrence: Timestamp?
        var start: Timestamp
        /// Occurrences that it stands for.
        var skipped: MissedOccurrences?
        var skippedBecause = TimerHistoryEntry.Reason.overlap
        /// True when the next occurrence counts from the one that it serves and not from its start, since others wait behind it.
        var countsFromOccurrence = false
        /// True when the lease was lost meanwhile: another host answers for the schedule, and nothing of this run is kept.
        var isOrphan = false
    }

    enum Turn {
        case idle
        case running(Run)
        case saving(wasManual: Bool)
    }

    /// A start that waits for the end of a run.
    struct PendingStart: Sendable {
        var record: TimerRecord?
        var cause: TimerHistoryEntry.Reason
    }

    /// The most callers that wait for a turn of one function; more are refused.
    static let waitingMax = 16
    /// By how much the wall clock may go back before the recorded times are held to be wrong. Less is a correction, and the
    /// occurrences that come again have run already. Clocks of hosts that share a store may differ by as much.
    static let clockSlack: Duration = .seconds(3600)
    /// The most missed occurrences that ``MissedRunPolicy/all`` makes up for; of more, the oldest are dropped.
    static let catchUpMax = 100
    /// How late an occurrence may begin and not count as missed, under ``MissedRunPolicy/skip``.
    static let latenessMax: Duration = .seconds(10)

    let definition: TimerDefinition
    let zone: TimeZoneRules
    /// Whether the status is kept in the store.
    var isMonitored = false
    /// The progress, kept or not.
    var status = TimerInfo.Status(last: nil, next: .never, lastUpdated: .never)
    /// True while the owner has been told to call ``tick(at:)``.
    var isArmed = false
    /// True once the progress was taken up, until ``standDown()``.
    var hasStarted = false
    /// True once the schedule fires nothing more, since the host is drained or stops; runs by hand may go on.
    private(set) var isOver = false
    /// How the last run that the schedule began ended; nil before the first.
    var lastResult: TimerRunResult?
    /// What became of the occurrences, as far as it is not written yet.
    var history: TimerHistoryBuffer
    /// True when the record is to be written.
    var isUnsaved = false
    /// Up to when the history tells of every occurrence, where the status does not say so.
    var accounted: Timestamp?
    var turn = Turn.idle
    var waiting: [Int] = []
    var pendingStart: PendingStart?
    /// When the last run ended.
    var lastEnd: Timestamp?
    /// Occurrences up to this one were missed before the start.
    var missedThrough: (moment: Timestamp, cause: TimerHistoryEntry.Reason)?

    init(_ definition: TimerDefinition, zone: TimeZoneRules, history: TimerHistoryBuffer = TimerHistoryBuffer()) {
        self.definition = definition
        self.zone = zone
        self.history = history
    }

    var isIdle: Bool {
        if case .idle = turn { return true }
        return false
    }

    var isRunning: Bool {
        if case .running = turn { return true }
        return false
    }

    /// Whether anything is to be written.
    var hasNews: Bool { isUnsaved || !history.isEmpty }

    /// Decides whether the status is kept; comes before ``start(_:at:missedBecause:)``.
    @discardableResult
    mutating func decideMonitoring(at now: Timestamp) -> Bool {
        isMonitored = definition.useMonitor && !definition.schedule.isBelowOneMinute(at: now, in: zone)
        history.gathers = !isMonitored && !definition.isDisabled
        return isMonitored
    }

    /// The schedule fires nothing more. A run that goes on ends as it would.
    mutating func endSchedule() {
        isOver = true
        isArmed = false
        pendingStart = nil
    }

    /// Hands out what is to be written now.
    mutating func takeWrite() -> TimerWrite {
        let change = history.take()
        var record = TimerRecord(accounted: accounted, isDisabled: definition.isDisabled ? true : nil)
        // A disabled function has the status that it had, if any.
        if isMonitored, status.lastUpdated < .never { record.status = status }
        record.historyFirst = history.first
        record.historyNext = history.next
        isUnsaved = false
        return TimerWrite(functionName: definition.functionName, record: record, history: change)
    }

    /// Takes back what could not be written.
    mutating func restore(_ write: TimerWrite) {
        history.restore(write.history)
        isUnsaved = true
    }

    func next(after moment: Timestamp) -> Timestamp { definition.schedule.next(after: moment, in: zone) ?? .never }

    mutating func arm() -> [Action] {
        guard hasStarted, !isOver, !isArmed, !definition.isDisabled, status.next < .never else { return [] }
        isArmed = true
        return [.arm]
    }

    mutating func skip(_ missed: MissedOccurrences?, _ reason: TimerHistoryEntry.Reason) {
        if let missed { history.append(TimerHistoryEntry(skipped: missed, reason)) }
    }
}
