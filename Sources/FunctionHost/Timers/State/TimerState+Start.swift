import FunctionKit

extension TimerState {
    /// Takes up the progress that was kept, if there is any; waits for the end of a run that goes on.
    ///
    /// - Parameters:
    ///   - record: what the store has; nil for a timer that never was.
    ///   - now: the wall time.
    ///   - cause: why occurrences that lie behind were missed.
    /// - Returns: what to do, after ``takeWrite()`` has been written if ``hasNews`` says so.
    mutating func start(
        _ record: TimerRecord?,
        at now: Timestamp,
        missedBecause cause: TimerHistoryEntry.Reason = .hostStopped
    ) -> [Action] {
        guard isIdle else {
            pendingStart = PendingStart(record: record, cause: cause)
            return []
        }
        hasStarted = true
        isArmed = false
        missedThrough = nil
        history.load(first: record?.historyFirst ?? 1, next: record?.historyNext ?? 1)
        accounted = record?.accounted
        let cause = record?.isDisabled == true ? .disabled : cause
        if definition.isDisabled { return startDisabled(record, at: now, cause) }
        if record?.isDisabled == true { isUnsaved = true }
        return isMonitored ? startMonitored(record?.status, at: now, cause) : startUnmonitored(at: now, cause)
    }

    /// Another host answers for the schedule from now on, or nobody does: nothing begins, and what runs is no longer ours.
    mutating func standDown() {
        hasStarted = false
        isArmed = false
        pendingStart = nil
        history.forgetUnsaved()
        if case .running(var run) = turn, run.reason != .manual {
            run.isOrphan = true
            turn = .running(run)
        }
    }

    /// Brings the history of a disabled function up to now.
    mutating func account(at now: Timestamp) {
        guard hasStarted, definition.isDisabled, let told = accounted else { return }
        guard let missed = definition.schedule.missed(after: told, through: now, in: zone) else { return }
        skip(missed, .disabled)
        accounted = now
        isUnsaved = true
    }

    private mutating func startMonitored(
        _ stored: TimerInfo.Status?,
        at now: Timestamp,
        _ cause: TimerHistoryEntry.Reason
    ) -> [Action] {
        status = stored.map { checked($0, at: now) } ?? fresh(at: now)
        if status != stored { isUnsaved = true }
        let told = accounted
        accounted = nil
        if now > status.next { return takeUpMissed(at: now, cause, told: told) }
        return runOnStartup(at: now)
    }

    private mutating func startUnmonitored(at now: Timestamp, _ cause: TimerHistoryEntry.Reason) -> [Action] {
        status = fresh(at: now)
        if let accounted { skip(definition.schedule.missed(after: accounted, through: now, in: zone), cause) }
        accounted = now
        isUnsaved = true
        return runOnStartup(at: now)
    }

    private mutating func startDisabled(
        _ record: TimerRecord?,
        at now: Timestamp,
        _ cause: TimerHistoryEntry.Reason
    ) -> [Action] {
        if let stored = record?.status { status = stored } else { isMonitored = false }
        if record?.isDisabled != true { isUnsaved = true }
        if let told = record?.accounted {
            skip(definition.schedule.missed(after: told, through: now, in: zone), cause)
        } else if let next = record?.next {
            skip(definition.schedule.missed(from: next, through: now, in: zone), cause)
        }
        accounted = now
        if !history.isEmpty { isUnsaved = true }
        return []
    }

    private mutating func runOnStartup(at now: Timestamp) -> [Action] {
        guard definition.runOnStartup else { return arm() }
        return [.fire(begin(.runOnStartup, .runOnStartup, at: now))]
    }

    /// The occurrences from `status.next` up to now did not run.
    private mutating func takeUpMissed(
        at now: Timestamp,
        _ cause: TimerHistoryEntry.Reason,
        told: Timestamp?
    ) -> [Action] {
        let first = status.next
        switch definition.missed {
        case .once:
            let untold = max(first, told ?? first)
            let rest = definition.schedule.missed(after: untold, through: now, in: zone)
            return [
                .fire(begin(.pastDue(originalSchedule: first), .pastDue, serving: first, at: now, for: rest, cause))
            ]
        case .skip:
            skipMissed(from: first, at: now, cause)
            return runOnStartup(at: now)
        case .all:
            missedThrough = (now, cause)
            return serve(at: now)
        }
    }

    /// Goes on behind occurrences that are not made up for.
    mutating func skipMissed(from first: Timestamp, at now: Timestamp, _ cause: TimerHistoryEntry.Reason) {
        skip(definition.schedule.missed(from: first, through: now, in: zone), cause)
        status = .init(last: status.last, next: next(after: now), lastUpdated: now)
        isUnsaved = true
    }

    func fresh(at now: Timestamp) -> TimerInfo.Status { .init(last: nil, next: next(after: now), lastUpdated: now) }

    /// The status to go on with: an edited schedule drops the old next time, and with it a missed run.
    private mutating func checked(_ stored: TimerInfo.Status, at now: Timestamp) -> TimerInfo.Status {
        guard !isAhead(stored, of: now) else { return fresh(at: now) }
        let base = stored.last ?? stored.lastUpdated
        let expected = next(after: base)
        // Where missed runs were skipped or made up for, the next time counts from another moment than the last run.
        guard stored.next != expected, stored.next != next(after: stored.lastUpdated) else { return stored }
        if stored.next <= now {
            skip(MissedOccurrences(first: stored.next, last: stored.next, count: 1), .scheduleEdited)
        }
        return now > expected ? fresh(at: now) : .init(last: nil, next: expected, lastUpdated: base)
    }

    func isAhead(_ status: TimerInfo.Status, of now: Timestamp) -> Bool {
        (status.last ?? status.lastUpdated) > now + Self.clockSlack
    }
}
