package import FunctionKit

/// Arms the timer functions of a host and runs them when they are due.
///
/// One task sleeps until the earliest of them; each run has a task of its own, and a function has one run at a time. Nothing
/// that a function or the store does stops a schedule.
package actor TimerService {
    /// How long ``stop(grace:)`` waits for running functions by default.
    package static let stopGraceDefault: Duration = .seconds(30)

    let clock: any AppClock
    let statuses: TimerStatusStore
    let log: TimerLog
    let fire: @Sendable (TimerFiring) async -> Bool

    var timers: [TimerState]
    let numbers: [String: Int]
    var queue = DueQueue()
    var alarm: TimerAlarm?
    var alarmCount = 0
    /// Wall time less running time; falls when somebody sets the clock back.
    var clockDifference: Duration = .zero

    /// The tasks of runs that the schedule began, by timer.
    var runs: [Int: Task<Void, Never>] = [:]
    /// How many timers are at work: running, or writing their status afterwards.
    var turns = 0
    var ticketCount = 0
    /// Callers that wait for their turn, by ticket. Resumed with nil when it will not come.
    var waiting: [Int: CheckedContinuation<TimerFiring?, Never>] = [:]

    private var hasStarted = false
    private var isReady = false
    private var readyWaiters: [CheckedContinuation<Void, Never>] = []
    var isStopping = false
    private var stops: [CheckedContinuation<Void, Never>] = []

    /// Makes a service; nothing happens before ``start()``.
    ///
    /// - Parameters:
    ///   - timers: the functions; their names differ.
    ///   - clock: wall and running time.
    ///   - zone: whose wall clock cron expressions read.
    ///   - statuses: where the progress is kept.
    ///   - logger: for the category `Host.Triggers.Timer`.
    ///   - fire: runs a function and tells whether it succeeded; never throws, since a failure changes nothing here.
    package init(
        timers: [TimerDefinition],
        clock: any AppClock,
        zone: TimeZoneRules,
        statuses: TimerStatusStore,
        logger: Logger,
        fire: @escaping @Sendable (TimerFiring) async -> Bool
    ) {
        self.clock = clock
        self.statuses = statuses
        self.log = TimerLog(logger: logger, zone: zone)
        self.fire = fire
        self.timers = timers.map { TimerState($0, zone: zone) }
        numbers = Dictionary(timers.enumerated().map { ($1.functionName, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads what was kept, arms everything and begins the runs that were missed; returns when that is done.
    ///
    /// A status that cannot be read or written is logged, and its timer goes on. The second call does nothing.
    package func start() async {
        guard !hasStarted else { return }
        hasStarted = true
        clockDifference = difference(at: clock.now)
        var saves: [TimerStatusStore.Entry] = []
        var begun: [[TimerState.Action]] = []
        for number in timers.indices {
            let stored = await load(number)
            let now = clock.now
            log.starts(timers[number].definition, stored: stored, isMonitored: timers[number].isMonitored, at: now)
            let (save, actions) = timers[number].start(stored: stored, at: now)
            if let save { saves.append((timers[number].definition.functionName, save)) }
            begun.append(actions)
        }
        // Written before anything runs, so that this cannot come after the status of a run.
        await save(saves)
        guard !isStopping else { return }
        // First the missed runs take their turns, then whoever wanted to run a function by hand.
        defer { endReadyWaits() }
        for (number, actions) in begun.enumerated() {
            perform(actions, number)
            log.hasStarted(timers[number].definition)
        }
        setAlarm()
    }

    /// Arms nothing more, and waits for the functions that run; those that outlast `grace` are cancelled and left behind.
    ///
    /// Callers of ``run(_:_:)`` that wait for their turn are turned away.
    package func stop(grace: Duration = stopGraceDefault) async {
        isStopping = true
        alarm?.cancel()
        alarm = nil
        endReadyWaits()
        for continuation in waiting.values { continuation.resume(returning: nil) }
        waiting = [:]
        guard turns > 0 else { return }
        // No child of this call: the wait below ends by the last run or by this task, whichever comes first.
        let limit = Task {
            do { try await clock.sleep(for: grace) } catch { return }
            giveUp(after: grace)
        }
        await withCheckedContinuation { stops.append($0) }
        limit.cancel()
    }

    /// How each timer stands, in the order of the definitions.
    package func snapshots() -> [TimerSnapshot] {
        timers.map { timer in
            TimerSnapshot(
                functionName: timer.definition.functionName,
                next: timer.isArmed ? timer.status.next : nil,
                last: timer.status.last,
                isRunning: !timer.isIdle,
                lastSucceeded: timer.lastSucceeded
            )
        }
    }

    /// Returns when ``start()`` has taken up the progress of every timer, or the service stops.
    func waitForStart() async {
        guard !isReady else { return }
        await withCheckedContinuation { readyWaiters.append($0) }
    }

    private func endReadyWaits() {
        isReady = true
        let ready = readyWaiters
        readyWaiters = []
        for continuation in ready { continuation.resume() }
    }

    func endStops() {
        let ended = stops
        stops = []
        for continuation in ended { continuation.resume() }
    }

    private func giveUp(after grace: Duration) {
        guard turns > 0 else { return }
        log.outlastsGrace(timers.filter { !$0.isIdle }.map(\.definition.functionName), grace)
        for run in runs.values { run.cancel() }
        endStops()
    }
}
