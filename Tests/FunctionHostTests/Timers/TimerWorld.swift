import FunctionKit
import FunctionTesting

@testable import FunctionHost

/// A timer service in a world that the test moves: nothing happens by itself.
struct TimerWorld: Sendable {
    let clock: ManualClock
    let log = RecordingLog()
    let engine: any StoreEngine
    let functions: FunctionProbe

    init(now: String = "2026-11-20T12:00:10Z", engine: (any StoreEngine)? = nil) throws {
        clock = ManualClock(now: try Schedule.moment(now))
        self.engine = engine ?? MemoryStoreEngine(clock: clock)
        functions = FunctionProbe()
    }

    init(clock: ManualClock, engine: any StoreEngine) throws {
        self.clock = clock
        self.engine = engine
        functions = FunctionProbe()
    }

    var host: TenantStore {
        Store(engine: engine, clock: clock, random: SeededRandomSource(), logger: Logger(sink: log, category: "Store"))
            .tenant(.host)
    }

    func service(
        _ timers: [TimerDefinition],
        zone: TimeZoneRules = .utc,
        lease: LeasePolicy = LeasePolicy(.exclusive),
        host: String = "host-1"
    ) -> TimerService {
        TimerService(
            timers: timers,
            clock: clock,
            random: SeededRandomSource(),
            zone: zone,
            store: TimerStore(partition: self.host),
            lease: lease,
            host: host,
            logger: Logger(sink: log, category: "Host.Triggers.Timer"),
            fire: { [functions] in await functions.run($0) }
        )
    }

    func status(of functionName: String) async throws -> TimerInfo.Status? {
        try await TimerStore(partition: host).record(of: functionName)?.status
    }

    /// The history of a timer, the oldest entry first, as short texts.
    func history(of functionName: String) async throws -> [String] {
        try await TimerStore(partition: host).history(of: functionName, before: nil, limit: 1000).entries.reversed()
            .map { $0.entry.line }
    }

    /// Returns when a service has done what is due: it sleeps, or its runs are held.
    func settle(_ service: TimerService?) async {
        guard let service else { return }
        while true {
            let held = functions.heldCount
            if await service.isSettled(held: held), functions.heldCount == held {
                // An alarm that does not sleep yet would miss the next move of the clock.
                if await service.alarm != nil { await clock.waitForSleepers() }
                return
            }
            await Task.yield()
        }
    }

    /// Waits until the service sleeps, and lets time pass.
    func pass(_ duration: Duration, sleepers: Int = 1) async {
        await clock.waitForSleepers(sleepers)
        clock.advance(by: duration)
    }
}

extension Schedule {
    struct BadMoment: Error {}

    static func moment(_ text: String) throws -> Timestamp {
        guard let moment = Timestamp(text) else { throw BadMoment() }
        return moment
    }
}

extension TimerDefinition {
    init(
        _ name: String,
        _ schedule: String,
        runOnStartup: Bool = false,
        useMonitor: Bool = true,
        isDisabled: Bool = false,
        missed: MissedRunPolicy = .once
    ) throws {
        self.init(
            functionName: name,
            schedule: try Schedule(parsing: schedule),
            runOnStartup: runOnStartup,
            useMonitor: useMonitor,
            isDisabled: isDisabled,
            missed: missed
        )
    }
}

extension TimerHistoryEntry {
    /// What a test compares: `succeeded scheduled 12:05:00`, `skipped overlap 12:10:00-12:20:00 ×3`.
    var line: String {
        func time(_ moment: Timestamp) -> String { String(moment.wholeSecondsText.dropFirst(11).prefix(8)) }
        var line = "\(outcome.rawValue) \(reason.rawValue) \(time(at))"
        if let until { line += "-\(time(until))" }
        if let count { line += " ×\(count)" }
        if isAtLeast == true { line += "+" }
        if let error { line += " (\(error))" }
        return line
    }
}

/// Functions that the test watches and holds: each run waits for ``release(_:)`` while the probe holds.
final class FunctionProbe: Sendable {
    private struct State {
        var begun: [TimerFiring] = []
        var running = 0
        var runningMax = 0
        var isHolding = false
        var held: [CheckedContinuation<Void, Never>] = []
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var succeeds = true
        var wasCancelled = false

        mutating func takeWatchers() -> [CheckedContinuation<Void, Never>] {
            let ready = watchers.filter { $0.count <= begun.count }.map(\.continuation)
            watchers.removeAll { $0.count <= begun.count }
            return ready
        }
    }

    private let state = LockedState(State())

    var firings: [TimerFiring] { state.withLock { $0.begun } }
    /// How many runs wait for ``release()``.
    var heldCount: Int { state.withLock { $0.held.count } }
    var runningMax: Int { state.withLock { $0.runningMax } }
    var wasCancelled: Bool { state.withLock { $0.wasCancelled } }

    func hold() { state.withLock { $0.isHolding = true } }
    func fail(_ fails: Bool = true) { state.withLock { $0.succeeds = !fails } }

    /// Ends the runs that are held, and holds no more.
    func release() {
        let held = state.withLock { state in
            state.isHolding = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func run(_ firing: TimerFiring) async -> TimerRunResult {
        let watchers = state.withLock { state in
            state.begun.append(firing)
            state.running += 1
            state.runningMax = max(state.runningMax, state.running)
            return state.takeWatchers()
        }
        for watcher in watchers { watcher.resume() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isHeld = state.withLock { state in
                    if state.isHolding { state.held.append(continuation) }
                    return state.isHolding
                }
                if !isHeld { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.wasCancelled = true }
        }
        return state.withLock { state in
            state.running -= 1
            return TimerRunResult(failure: state.succeeds ? nil : "It broke.")
        }
    }

    /// Returns when `count` runs have begun.
    func waitForRuns(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state in
                state.watchers.append((count, continuation))
                return state.takeWatchers()
            }
            for watcher in ready { watcher.resume() }
        }
    }
}

extension TimerService {
    /// True when nothing is under way but runs that a test holds, and nothing is due.
    func isSettled(held: Int) -> Bool {
        guard !saves.isWriting, saves.isEmpty else { return false }
        guard timers.allSatisfy({ $0.isIdle || $0.isRunning }), timers.count(where: \.isRunning) == held else {
            return false
        }
        return (queue.first?.due ?? .never) > clock.now
    }
}
