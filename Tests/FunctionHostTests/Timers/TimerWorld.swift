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

    var host: TenantStore {
        Store(engine: engine, clock: clock, random: SeededRandomSource(), logger: Logger(sink: log, category: "Store"))
            .tenant(.host)
    }

    func service(_ timers: [TimerDefinition], zone: TimeZoneRules = .utc) -> TimerService {
        TimerService(
            timers: timers,
            clock: clock,
            zone: zone,
            statuses: TimerStatusStore(partition: host),
            logger: Logger(sink: log, category: "Host.Triggers.Timer"),
            fire: { [functions] in await functions.run($0) }
        )
    }

    func status(of functionName: String) async throws -> TimerInfo.Status? {
        try await TimerStatusStore(partition: host).load(functionName)
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
    init(_ name: String, _ schedule: String, runOnStartup: Bool = false, useMonitor: Bool = true) throws {
        self.init(
            functionName: name,
            schedule: try Schedule(parsing: schedule),
            runOnStartup: runOnStartup,
            useMonitor: useMonitor
        )
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
    var runningMax: Int { state.withLock { $0.runningMax } }
    var wasCancelled: Bool { state.withLock { $0.wasCancelled } }

    func hold() { state.withLock { $0.isHolding = true } }
    func fail() { state.withLock { $0.succeeds = false } }

    /// Ends the runs that are held, and holds no more.
    func release() {
        let held = state.withLock { state in
            state.isHolding = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func run(_ firing: TimerFiring) async -> Bool {
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
            return state.succeeds
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
