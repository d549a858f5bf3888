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
                runs[number] = Task { [fire] in
                    let succeeded = await fire(firing)
                    runs[number] = nil
                    await finished(number, succeeded: succeeded)
                }
            case .grant(let ticket, let firing):
                turns += 1
                waiting.removeValue(forKey: ticket)?.resume(returning: firing)
            }
        }
    }

    /// Ends a turn: writes the status, then lets the next one begin.
    func finished(_ number: Int, succeeded: Bool? = nil) async {
        if let status = timers[number].finish(succeeded: succeeded, at: clock.now) { await save(status, number) }
        turns -= 1
        if isStopping {
            if turns == 0 { endStops() }
        } else {
            perform(timers[number].resume(at: clock.now), number)
            setAlarm()
        }
    }

    /// Makes sure that an alarm rings when the first timer is due, or before.
    func setAlarm() {
        guard !isStopping, let first = queue.first else { return }
        let wait = min(max(first.due - clock.now, .zero), TimerAlarm.waitMax)
        // An alarm that rings earlier finds nothing to do and sets the next one.
        if let alarm, alarm.deadline <= clock.uptime + wait { return }
        alarm?.cancel()
        alarmCount += 1
        alarm = TimerAlarm(number: alarmCount, after: wait, clock: clock) { [weak self] in await self?.ring($0) }
    }

    /// Fires what is due by the wall clock.
    private func ring(_ number: Int) async {
        guard number == alarm?.number else { return }
        alarm = nil
        await lookAtWallClock()
        guard !isStopping else { return }
        let now = clock.now
        while let entry = queue.pop(dueAt: now) { perform(timers[entry.timer].tick(at: now), entry.timer) }
        setAlarm()
    }

    /// Notices a wall clock that went back, and lets timers forget times that were never real.
    private func lookAtWallClock() async {
        let now = clock.now
        let before = clockDifference
        clockDifference = difference(at: now)
        guard before - clockDifference > TimerState.clockSlack else { return }
        log.wallClockWentBack(by: before - clockDifference)
        var saves: [TimerStatusStore.Entry] = []
        queue = DueQueue()
        for number in timers.indices {
            if let status = timers[number].wallClockWentBack(to: now) {
                saves.append((timers[number].definition.functionName, status))
            }
            if timers[number].isArmed { queue.insert(.init(due: timers[number].status.next, timer: number)) }
        }
        await save(saves)
    }

    func difference(at now: Timestamp) -> Duration { .milliseconds(now.milliseconds) - clock.uptime }
}
