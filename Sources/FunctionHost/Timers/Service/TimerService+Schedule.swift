import FunctionKit

extension TimerService {
    /// Puts a timer's decisions into effect.
    func perform(_ actions: [TimerState.Action], _ number: Int) {
        for action in actions {
            switch action {
            case .arm:
                let due = timers[number].status.next
                queue.insert(.init(due: due, timer: number))
                log.arms(timers[number].definition, after: due - clock.now)
            case .fire(let firing):
                turns += 1
                log.fires(firing)
                // The run belongs to the service and not to the ring that began it; stop() waits for it.
                runs[number] = spawn { [self, epoch] in await execute(firing, number, epoch) }
            case .grant(let ticket, let firing):
                turns += 1
                waiting.removeValue(forKey: ticket)?.resume(returning: firing)
            }
        }
        noteNews(number)
    }

    /// Runs a function, if the lease still allows it.
    @concurrent private nonisolated func execute(_ firing: TimerFiring, _ number: Int, _ epoch: Int) async {
        // Nothing may stand between this and the function: a host that was stalled begins no run of another's.
        guard hold.allows(epoch: epoch, clock) else { return await abandoned(number) }
        let result = await fire(firing)
        await ended(number, result)
    }

    private func ended(_ number: Int, _ result: TimerRunResult) async {
        runs[number] = nil
        await finished(number, result)
    }

    private func abandoned(_ number: Int) {
        runs[number] = nil
        timers[number].abandon()
        endTurn(number)
        checkLease()
    }

    /// Ends a turn: writes the status, then lets the next one begin.
    func finished(_ number: Int, _ result: TimerRunResult) async {
        if timers[number].finish(result, at: clock.now) {
            await save(number, endsTurn: true)
        } else {
            noteNews(number)
            endTurn(number)
        }
    }

    func endTurn(_ number: Int) {
        turns -= 1
        perform(timers[number].resume(at: clock.now), number)
        setAlarm()
        if isStopping, turns == 0 { endStops() }
    }

    /// Makes sure that an alarm rings when the first timer is due, or before.
    func setAlarm() {
        guard !isStopping else { return }
        var wait = queue.first.map { min(max($0.due - clock.now, .zero), TimerAlarm.waitMax) }
        if let flushAt { wait = min(wait ?? TimerAlarm.waitMax, max(flushAt - clock.uptime, .zero)) }
        guard let wait else { return }
        // An alarm that rings earlier finds nothing to do and sets the next one.
        if let alarm, alarm.deadline <= clock.uptime + wait { return }
        alarm?.cancel()
        alarmCount += 1
        alarm = TimerAlarm(number: alarmCount, after: wait, clock: clock, spawn: spawn) { [weak self] in
            await self?.ring($0)
        }
    }

    /// Fires what is due by the wall clock.
    private func ring(_ number: Int) async {
        guard number == alarm?.number else { return }
        alarm = nil
        lookAtWallClock()
        guard !isStopping else { return }
        let now = clock.now
        if let first = queue.first, first.due <= now, checkLease() {
            while let entry = queue.pop(dueAt: now) { perform(timers[entry.timer].tick(at: now), entry.timer) }
        }
        if let flushAt, flushAt <= clock.uptime {
            let news = unsaved
            spawn { [self] in await flush(news) }
            self.flushAt = nil
        }
        setAlarm()
    }

    /// Notices a wall clock that went back, and lets timers forget times that were never real.
    private func lookAtWallClock() {
        let now = clock.now
        let before = clockDifference
        clockDifference = difference(at: now)
        guard before - clockDifference > TimerState.clockSlack else { return }
        log.wallClockWentBack(by: before - clockDifference)
        queue = DueQueue()
        for number in timers.indices {
            timers[number].wallClockWentBack(to: now)
            if timers[number].isArmed { queue.insert(.init(due: timers[number].status.next, timer: number)) }
            noteNews(number)
        }
    }

    func difference(at now: Timestamp) -> Duration { .milliseconds(now.milliseconds) - clock.uptime }
}
