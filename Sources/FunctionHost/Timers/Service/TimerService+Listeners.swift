import FunctionKit

extension TimerService {
    /// Begins timers with what was kept of them; writes what is new before anything runs.
    func begin(
        _ numbers: [Int],
        _ records: [String: Result<TimerRecord, StoreError>],
        _ cause: TimerHistoryEntry.Reason
    ) async {
        let epoch = epoch
        var begun: [(number: Int, actions: [TimerState.Action])] = []
        for number in numbers {
            switch records[timers[number].definition.functionName] {
            case .failure(let error):
                noteFailure(number, error)
            case .success(let record):
                begun.append((number, begin(number, record, cause)))
            case nil:
                begun.append((number, begin(number, nil, cause)))
            }
            if timers[number].hasNews, lease.held != nil { saves.insert(number, endsTurn: false) }
        }
        await writeSaves()
        await waitForSaves()
        let mayGoOn = epoch == self.epoch && !isStopping
        for (number, actions) in begun {
            guard mayGoOn else {
                drop(actions, number)
                continue
            }
            perform(actions, number)
            guard !timers[number].definition.isDisabled else { continue }
            log.hasStarted(timers[number].definition)
            if let retries = failing.removeValue(forKey: number), retries > 0 {
                log.hasStarted(timers[number].definition, after: retries)
            }
        }
        setAlarm()
        scheduleRetry()
    }

    private func begin(
        _ number: Int,
        _ record: TimerRecord?,
        _ cause: TimerHistoryEntry.Reason
    ) -> [TimerState.Action] {
        // One that needed no store has started before the store came back.
        guard !timers[number].hasStarted else {
            timers[number].history.load(first: record?.historyFirst ?? 1, next: record?.historyNext ?? 1)
            return []
        }
        let now = clock.now
        let definition = timers[number].definition
        timers[number].decideMonitoring(at: now)
        if !definition.isDisabled {
            let isMonitored = timers[number].isMonitored
            if definition.useMonitor, !isMonitored { log.monitorIsOff() }
            log.starts(definition, stored: record?.status, isMonitored: isMonitored, at: now)
        }
        return timers[number].start(record, at: now, missedBecause: cause)
    }

    /// Takes back what a timer was about to do.
    private func drop(_ actions: [TimerState.Action], _ number: Int) {
        timers[number].standDown()
        for case .fire in actions { timers[number].abandon() }
        perform(timers[number].resume(at: clock.now), number)
    }

    // MARK: - Timers that cannot start

    /// Timers cannot start because the store fails. Those that need none start all the same, where nobody else can fire them.
    func couldNotStart(_ numbers: [Int], _ error: any Error) async {
        for number in numbers where !timers[number].hasStarted { noteFailure(number, error) }
        if lease.policy.sharing == .exclusive {
            if epoch == 0 {
                epoch += 1
                hold.hold(epoch: epoch, until: nil)
            }
            let now = clock.now
            for number in numbers where !timers[number].hasStarted { timers[number].decideMonitoring(at: now) }
            let free = numbers.filter { !timers[$0].hasStarted && !timers[$0].isMonitored }
            for number in free { failing[number] = nil }
            await begin(free, [:], .hostStopped)
        }
        scheduleRetry()
    }

    private func noteFailure(_ number: Int, _ error: any Error) {
        failing[number] = failing[number] ?? 0
        log.couldNotStart(timers[number].definition.functionName, error)
    }

    private func scheduleRetry() {
        guard !isStopping else { return }
        if failing.isEmpty {
            retryAt = nil
            backoff.reset()
        } else if retryAt.map({ $0 <= clock.uptime }) ?? true {
            retryAt = clock.uptime + backoff.next(fraction: random.fraction())
        }
        keep()
    }

    /// Counts and tells of an attempt to start what could not start.
    func noteRetry() {
        guard retryAt != nil else { return }
        for number in failing.keys.sorted() {
            let attempt = (failing[number] ?? 0) + 1
            failing[number] = attempt
            log.retries(timers[number].definition.functionName, attempt)
        }
    }

    /// Tries again to start timers whose own record could not be read, when it is time.
    func retryListeners() async {
        guard let retryAt, retryAt <= clock.uptime, !failing.isEmpty else { return }
        noteRetry()
        let numbers = failing.keys.sorted()
        let epoch = epoch
        do throws(StoreError) {
            let records = try await store.load()
            guard epoch == self.epoch, !isStopping else { return }
            await begin(numbers, records, .hostStopped)
        } catch {
            guard epoch == self.epoch else { return }
            for number in numbers { noteFailure(number, error) }
            scheduleRetry()
        }
    }
}
