import FunctionKit

extension TimerState {
    /// The time that was armed has come, or so it seemed: the wall clock decides.
    mutating func tick(at now: Timestamp) -> [Action] {
        isArmed = false
        // A run by hand is going; the occurrence follows it.
        guard hasStarted, !isOver, isIdle else { return [] }
        guard now >= status.next else { return arm() }
        return serve(at: now)
    }

    /// Somebody wants the function to run.
    mutating func request(_ ticket: Int, at now: Timestamp) -> Request {
        if isIdle { return .begin(begin(.manual, .manual, at: now)) }
        guard waiting.count < Self.waitingMax else { return .refuse }
        waiting.append(ticket)
        return .wait
    }

    /// The caller of a ticket waits no longer.
    mutating func withdraw(_ ticket: Int) { waiting.removeAll { $0 == ticket } }

    /// No caller waits any longer.
    mutating func withdrawAll() { waiting = [] }

    /// The run has ended. The turn goes on until ``resume(at:)``, so that the status can be written.
    ///
    /// - Parameters:
    ///   - result: how. A failure changes nothing of the schedule.
    ///   - now: when it ended.
    /// - Returns: true when the turn must not end before ``takeWrite()`` is written.
    mutating func finish(_ result: TimerRunResult, at now: Timestamp) -> Bool {
        guard case .running(let run) = turn else { return false }
        let isManual = run.reason == .manual
        turn = .saving(wasManual: isManual)
        lastEnd = now
        guard !run.isOrphan else { return false }
        history.append(
            TimerHistoryEntry(
                result,
                run.told,
                at: run.occurrence ?? run.start,
                startedAt: run.start,
                duration: now - run.start
            )
        )
        skip(run.skipped, run.skippedBecause)
        guard !isManual else { return false }
        lastResult = result
        // The start of the run is never before the occurrence that it serves (see tick), or that would come a second time.
        let start = run.start > now + Self.clockSlack ? now : run.start
        let served = run.countsFromOccurrence ? run.occurrence ?? start : start
        status = .init(last: served, next: next(after: served), lastUpdated: start)
        isUnsaved = true
        if !isMonitored { accounted = start }
        return isMonitored
    }

    /// The run that was to begin did not, because the lease is another's; ``resume(at:)`` follows.
    mutating func abandon() {
        guard case .running(let run) = turn else { return }
        turn = .saving(wasManual: run.reason == .manual)
    }

    /// Ends the turn and begins the next one, if somebody waits for it.
    ///
    /// Runs by hand and occurrences take turns, so that neither starves the other.
    mutating func resume(at now: Timestamp) -> [Action] {
        guard case .saving(let wasManual) = turn else { return [] }
        turn = .idle
        if let start = pendingStart {
            pendingStart = nil
            return self.start(start.record, at: now, missedBecause: start.cause)
        }
        if wasManual, hasStarted, !isOver, !isArmed, !definition.isDisabled, now >= status.next {
            return serve(at: now)
        }
        var actions: [Action] = []
        if !waiting.isEmpty { actions.append(.grant(waiting.removeFirst(), begin(.manual, .manual, at: now))) }
        return actions + arm()
    }

    /// The wall clock went back. Times that now lie too far ahead were never real, so the schedule begins anew.
    mutating func wallClockWentBack(to now: Timestamp) {
        if let told = accounted, told > now + Self.clockSlack { accounted = now }
        guard hasStarted, isIdle, !definition.isDisabled, isAhead(status, of: now) else { return }
        status = fresh(at: now)
        isUnsaved = true
    }

    // MARK: - Decisions

    /// Serves the occurrence that is due, or what the policy makes of several.
    mutating func serve(at now: Timestamp) -> [Action] {
        let due = status.next
        let missed = missedThrough.flatMap { due <= $0.moment ? $0.cause : nil }
        let overlapped = lastEnd.map { due <= $0 } ?? false
        let cause = missed ?? (overlapped ? .overlap : .late)
        switch definition.missed {
        case .once:
            let rest = definition.schedule.missed(after: due, through: now, in: zone)
            let isCatchUp = overlapped || rest != nil
            return [
                .fire(begin(.scheduled, isCatchUp ? .caughtUp : .scheduled, serving: due, at: now, for: rest, cause))
            ]
        case .skip:
            guard overlapped || now - due > Self.latenessMax else {
                return [.fire(begin(.scheduled, .scheduled, serving: due, at: now))]
            }
            skipMissed(from: due, at: now, cause)
            return arm()
        case .all:
            return [.fire(beginOldest(from: due, at: now, overlapped: overlapped))]
        }
    }

    /// Begins a run for the oldest occurrence of those that are due and still made up for.
    private mutating func beginOldest(from due: Timestamp, at now: Timestamp, overlapped: Bool) -> TimerFiring {
        let kept = definition.schedule.newest(Self.catchUpMax, from: due, through: now, in: zone)
        let oldest = kept.first ?? due
        if oldest > due {
            skip(
                definition.schedule.missed(from: due, through: oldest - .milliseconds(1), in: zone),
                .catchUpLimit
            )
            status.next = oldest
        }
        let isMissed = missedThrough.map { oldest <= $0.moment } ?? false
        let told: TimerHistoryEntry.Reason =
            isMissed ? .pastDue : overlapped || kept.count > 1 ? .caughtUp : .scheduled
        return begin(
            isMissed ? .pastDue(originalSchedule: oldest) : .scheduled,
            told,
            serving: oldest,
            at: now,
            countsFromOccurrence: kept.count > 1
        )
    }

    mutating func begin(
        _ reason: TimerFiring.Reason,
        _ told: TimerHistoryEntry.Reason,
        serving occurrence: Timestamp? = nil,
        at now: Timestamp,
        for skipped: MissedOccurrences? = nil,
        _ skippedBecause: TimerHistoryEntry.Reason = .overlap,
        countsFromOccurrence: Bool = false
    ) -> TimerFiring {
        turn = .running(
            Run(
                reason: reason,
                told: told,
                occurrence: occurrence,
                start: now,
                skipped: skipped,
                skippedBecause: skippedBecause,
                countsFromOccurrence: countsFromOccurrence
            )
        )
        var isPastDue = false
        if case .pastDue = reason { isPastDue = true }
        // A status that was never taken up, or kept, is none.
        let isKnown = isMonitored && status.lastUpdated < .never
        return TimerFiring(
            functionName: definition.functionName,
            info: TimerInfo(
                isPastDue: isPastDue,
                status: isKnown ? status : nil,
                adjustsForDST: definition.schedule.adjustsForDST
            ),
            reason: reason,
            firedAt: now
        )
    }
}
