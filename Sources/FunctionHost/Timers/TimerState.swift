import FunctionKit

/// What one timer function does next: events in, actions out, no clock and no store of its own.
///
/// The function has one turn at a time, be it a run of the schedule or one by hand, and the turn includes the writing of
/// its status: so no two runs overlap. Sections 4.5 and 4.6 of the Azure reference.
struct TimerState: Sendable {
    /// What the owner is to do.
    enum Action: Sendable, Hashable {
        /// Run the function, then call ``finish(succeeded:at:)``.
        case fire(TimerFiring)
        /// Tell the waiting caller of this ticket that it is its turn; ``finish(succeeded:at:)`` follows.
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

    private enum Turn {
        case idle
        case running(reason: TimerFiring.Reason, since: Timestamp)
        case saving(wasManual: Bool)
    }

    /// The most callers that wait for a turn of one function; more are refused.
    static let waitingMax = 16
    /// By how much the wall clock may go back before the recorded times are held to be wrong. Less is a correction, and the
    /// occurrences that come again have run already.
    static let clockSlack: Duration = .seconds(3600)

    let definition: TimerDefinition
    let zone: TimeZoneRules
    /// Whether the status is kept in the store.
    private(set) var isMonitored = false
    /// The progress, kept or not.
    private(set) var status = TimerInfo.Status(last: nil, next: .never, lastUpdated: .never)
    /// True while the owner has been told to call ``tick(at:)``.
    private(set) var isArmed = false
    /// Whether the last run that the schedule began succeeded; nil before the first.
    private(set) var lastSucceeded: Bool?
    private var turn = Turn.idle
    private var waiting: [Int] = []

    init(_ definition: TimerDefinition, zone: TimeZoneRules) {
        self.definition = definition
        self.zone = zone
    }

    var isIdle: Bool {
        if case .idle = turn { return true }
        return false
    }

    // MARK: - Events

    /// Decides whether the status is kept; comes before ``start(stored:at:)``.
    mutating func decideMonitoring(at now: Timestamp) -> Bool {
        isMonitored = definition.useMonitor && !definition.schedule.isBelowOneMinute(at: now, in: zone)
        return isMonitored
    }

    /// Takes up the status that was kept, if there is one.
    ///
    /// - Returns: the status to keep when it is a new one, and what to do.
    mutating func start(stored: TimerInfo.Status?, at now: Timestamp) -> (save: TimerInfo.Status?, actions: [Action]) {
        guard !definition.isDisabled else {
            if let stored { status = stored } else { isMonitored = false }
            return (nil, [])
        }
        let stored = isMonitored ? stored : nil
        status = stored.map { checked($0, at: now) } ?? .init(last: nil, next: next(after: now), lastUpdated: now)
        let save = isMonitored && status != stored ? status : nil
        if isMonitored, now > status.next {
            return (save, [.fire(begin(.pastDue(originalSchedule: status.next), at: now))])
        }
        if definition.runOnStartup { return (save, [.fire(begin(.runOnStartup, at: now))]) }
        return (save, arm())
    }

    /// The time that was armed has come, or so it seemed: the wall clock decides.
    mutating func tick(at now: Timestamp) -> [Action] {
        isArmed = false
        // A run by hand is going; the occurrence follows it.
        guard isIdle else { return [] }
        guard now >= status.next else { return arm() }
        return [.fire(begin(.scheduled, at: now))]
    }

    /// Somebody wants the function to run.
    mutating func request(_ ticket: Int, at now: Timestamp) -> Request {
        if isIdle { return .begin(begin(.manual, at: now)) }
        guard waiting.count < Self.waitingMax else { return .refuse }
        waiting.append(ticket)
        return .wait
    }

    /// The caller of a ticket waits no longer.
    mutating func withdraw(_ ticket: Int) { waiting.removeAll { $0 == ticket } }

    /// The run has ended. The turn goes on until ``resume(at:)``, so that the status can be written.
    ///
    /// - Parameters:
    ///   - succeeded: whether the run did; nil for a run by hand. A failure changes nothing of the schedule.
    ///   - now: when it ended.
    /// - Returns: the status to keep; nil for a run by hand and for a function without a monitor.
    mutating func finish(succeeded: Bool?, at now: Timestamp) -> TimerInfo.Status? {
        guard case .running(let reason, let start) = turn else { return nil }
        turn = .saving(wasManual: reason == .manual)
        guard reason != .manual else { return nil }
        lastSucceeded = succeeded
        // The start of the run is never before the occurrence that it serves (see tick), or that would come a second time.
        let served = start > now + Self.clockSlack ? now : start
        status = .init(last: served, next: next(after: served), lastUpdated: served)
        return isMonitored ? status : nil
    }

    /// Ends the turn and begins the next one, if somebody waits for it.
    ///
    /// Runs by hand and occurrences take turns, so that neither starves the other.
    mutating func resume(at now: Timestamp) -> [Action] {
        guard case .saving(let wasManual) = turn else { return [] }
        turn = .idle
        if wasManual, !isArmed, !definition.isDisabled, now >= status.next {
            return [.fire(begin(.scheduled, at: now))]
        }
        var actions: [Action] = []
        if !waiting.isEmpty { actions.append(.grant(waiting.removeFirst(), begin(.manual, at: now))) }
        return actions + arm()
    }

    /// The wall clock went back. Times that now lie too far ahead were never real, so the schedule begins anew.
    ///
    /// - Returns: the status to keep, when it changed.
    mutating func wallClockWentBack(to now: Timestamp) -> TimerInfo.Status? {
        guard isIdle, !definition.isDisabled, isAhead(status, of: now) else { return nil }
        status = .init(last: nil, next: next(after: now), lastUpdated: now)
        return isMonitored ? status : nil
    }

    // MARK: - Decisions

    /// The status to go on with: an edited schedule drops the old next time, and with it a missed run.
    private func checked(_ stored: TimerInfo.Status, at now: Timestamp) -> TimerInfo.Status {
        guard !isAhead(stored, of: now) else { return .init(last: nil, next: next(after: now), lastUpdated: now) }
        let base = stored.last ?? stored.lastUpdated
        let expected = next(after: base)
        guard stored.next != expected else { return stored }
        guard now > expected else { return .init(last: nil, next: expected, lastUpdated: base) }
        return .init(last: nil, next: next(after: now), lastUpdated: now)
    }

    private func isAhead(_ status: TimerInfo.Status, of now: Timestamp) -> Bool {
        (status.last ?? status.lastUpdated) > now + Self.clockSlack
    }

    private func next(after moment: Timestamp) -> Timestamp {
        definition.schedule.next(after: moment, in: zone) ?? .never
    }

    private mutating func arm() -> [Action] {
        guard !isArmed, !definition.isDisabled, status.next < .never else { return [] }
        isArmed = true
        return [.arm]
    }

    private mutating func begin(_ reason: TimerFiring.Reason, at now: Timestamp) -> TimerFiring {
        turn = .running(reason: reason, since: now)
        var isPastDue = false
        if case .pastDue = reason { isPastDue = true }
        return TimerFiring(
            functionName: definition.functionName,
            info: TimerInfo(
                isPastDue: isPastDue,
                status: isMonitored ? status : nil,
                adjustsForDST: definition.schedule.adjustsForDST
            ),
            reason: reason,
            firedAt: now
        )
    }
}
