package import FunctionKit

/// Arms the timer functions of a host and runs them when they are due, if this host holds the lease of the timers.
///
/// One task sleeps until the earliest of them; each run has a task of its own, and a function has one run at a time. Nothing
/// that a function does stops a schedule. What became of every occurrence is kept with the progress of its timer, in the same
/// commit, and every commit depends on the lease.
package actor TimerService {
    /// How long ``stop(grace:)`` waits for running functions by default.
    package static let stopGraceDefault: Duration = .seconds(30)

    let clock: any AppClock
    let store: TimerStore
    let leases: LeaseStore
    let random: any RandomSource
    let log: TimerLog
    let zone: TimeZoneRules
    let fire: @Sendable (TimerFiring) async -> TimerRunResult
    let spawn: TaskSpawner

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

    /// What is to be written.
    var saves = SaveQueue()
    /// Who waits until nothing waits to be written.
    var saveWaiters: [CheckedContinuation<Void, Never>] = []
    /// When timers whose progress is not kept write their history next, on the running clock; nil when there is nothing.
    var flushAt: Duration?
    /// The timers that have something to write then.
    var unsaved: Set<Int> = []

    var lease: LeaseState
    /// Whether a run may begin; asked where it begins.
    let hold = LeaseHold()
    /// Counts the times at which this host took the timers up.
    var epoch = 0
    /// Wakes the task that looks after the lease.
    let wakeUp = WakeUp()
    var keeper: Task<Void, Never>?
    /// The timers that could not start, with how often that was tried again.
    var failing: [Int: Int] = [:]
    var backoff = ListenerBackoff()
    /// When those that could not start are tried again, on the running clock.
    var retryAt: Duration?
    /// When the lease is looked at again, on the running clock; nil while this host holds it, or alone can.
    var lookAt: Duration?

    /// True when this host was up and could not fire, so that what it missed was not missed because no host ran.
    var hasWaited = false

    private var hasStarted = false
    private var isReady = false
    private var readyWaiters: [CheckedContinuation<Void, Never>] = []
    /// True when the schedule fires nothing more.
    var isStopping = false
    /// True when runs by hand are turned away, too.
    private(set) var refusesRuns = false
    /// True when a stop has waited for what ran: nobody looks after the lease any more.
    var hasEnded = false
    private var stops: [CheckedContinuation<Void, Never>] = []

    /// Makes a service; nothing happens before ``start()``.
    ///
    /// - Parameters:
    ///   - timers: the functions; their names differ.
    ///   - clock: wall and running time.
    ///   - random: chance for the waits between attempts.
    ///   - zone: whose wall clock cron expressions read.
    ///   - store: where progress and history are kept.
    ///   - lease: how the hosts that share the store agree on who fires.
    ///   - host: names this host among them, and in the history.
    ///   - logger: for the category `Host.Triggers.Timer`.
    ///   - spawn: begins the service's own tasks.
    ///   - fire: runs a function and tells how it ended; never throws, since a failure changes nothing here.
    package init(
        timers: [TimerDefinition],
        clock: any AppClock,
        random: any RandomSource,
        zone: TimeZoneRules,
        store: TimerStore,
        lease: LeasePolicy,
        host: String,
        logger: Logger,
        spawn: TaskSpawner = .pool,
        fire: @escaping @Sendable (TimerFiring) async -> TimerRunResult
    ) {
        self.clock = clock
        self.random = random
        self.zone = zone
        self.store = store
        leases = LeaseStore(tenant: store.tenant)
        self.lease = LeaseState(policy: lease, owner: host)
        log = TimerLog(logger: logger, zone: zone)
        self.fire = fire
        self.spawn = spawn
        let kept = TimerHistoryLimits.entriesPerTimer(timers: timers.count)
        self.timers = timers.map {
            TimerState($0, zone: zone, history: TimerHistoryBuffer(kept: kept, host: host))
        }
        numbers = Dictionary(timers.enumerated().map { ($1.functionName, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Acquires the lease if it is free, reads what was kept, arms everything and begins the runs that were missed; returns when
    /// that is done, or has failed once.
    ///
    /// What fails is logged and tried again; so is a lease that another host holds. The second call does nothing.
    package func start() async {
        guard !hasStarted else { return }
        hasStarted = true
        guard !timers.isEmpty else { return endReadyWaits() }
        clockDifference = difference(at: clock.now)
        await lookAfterLease()
        endReadyWaits()
        keep()
    }

    /// Arms nothing more, waits for the functions that run, writes what is not written and gives the lease back, so that another
    /// host takes over at once. Functions that outlast `grace` are cancelled and left behind; then the lease is not given back.
    /// A second call waits as the first one does.
    ///
    /// - Parameters:
    ///   - grace: how long to wait for functions that run.
    ///   - acceptsRuns: true for a host that is drained: it can still be asked to run a function by hand. Otherwise callers
    ///     of ``run(_:result:_:)`` are turned away, those that wait for their turn included.
    package func stop(grace: Duration = stopGraceDefault, acceptsRuns: Bool = false) async {
        if !isStopping { beginStop() }
        if !acceptsRuns { refuseRuns() }
        if turns > 0 {
            // No child of this call: the wait below ends by the last run or by this task, whichever comes first.
            let limit = spawn { [self] in
                do { try await clock.sleep(for: grace) } catch { return }
                await giveUp(after: grace)
            }
            await withCheckedContinuation { stops.append($0) }
            limit.cancel()
        }
        // Until here the lease was renewed, so that nobody repeats what was still running.
        hasEnded = true
        keeper?.cancel()
        await keeper?.value
        await flush()
        await waitForSaves()
        guard turns == 0 else { return hold.letGo() }
        await release()
    }

    private func beginStop() {
        isStopping = true
        alarm?.cancel()
        alarm = nil
        lookAt = nil
        retryAt = nil
        endReadyWaits()
        for number in timers.indices { timers[number].endSchedule() }
    }

    private func refuseRuns() {
        guard !refusesRuns else { return }
        refusesRuns = true
        for number in timers.indices { timers[number].withdrawAll() }
        let turnedAway = waiting
        waiting = [:]
        for continuation in turnedAway.values { continuation.resume(returning: nil) }
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
