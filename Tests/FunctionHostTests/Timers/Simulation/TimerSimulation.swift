import FunctionKit
import FunctionTesting

@testable import FunctionHost

/// Two hosts on one store, their tasks stepped on one thread in an order that the seed decides: hosts stall, die, stop and start,
/// the store fails, clocks differ, runs last. What ran when is compared with what the schedule and the history say.
///
/// `@unchecked Sendable`: used by one thread only.
final class TimerSimulation: @unchecked Sendable {
    /// A run as the world outside sees it.
    struct SeenRun: Sendable {
        var function: String
        var host: Int
        /// The occurrence that it serves, by the status that the function received.
        var occurrence: Timestamp
        var begin: Timestamp
        var end: Timestamp?
        /// True when its host died, stalled or could not renew its lease meanwhile: somebody else may run it again.
        var mayRepeat = false
    }

    struct Host {
        var service: TimerService
        var executor: SteppedExecutor
        var stalledUntil: Timestamp?
    }

    static let duration = Duration.seconds(60)
    let seed: UInt64
    let random: SeededRandomSource
    let clock = ManualClock(now: Timestamp(seconds: 1_795_176_010))
    let engine: FaultyStoreEngine
    let memory: MemoryStoreEngine
    /// What each host says, by its number.
    var logs: [Int: RecordingLog] = [:]
    /// True when nothing goes wrong but the order of things.
    let isCalm: Bool
    let timers: [TimerDefinition]
    var hosts: [Host] = []
    var hostCount = 0
    var runs: [SeenRun] = []
    var storeFails = false
    var problems: [String] = []
    var counts: [String: Int] = [:]

    init(seed: UInt64, isCalm: Bool = false) throws {
        self.isCalm = isCalm
        self.seed = seed
        random = SeededRandomSource(seed: seed)
        memory = MemoryStoreEngine(clock: clock)
        engine = FaultyStoreEngine(memory)
        timers = [
            try TimerDefinition("minute", "0 * * * * *"), try TimerDefinition("five", "0 */5 * * * *"),
            try TimerDefinition("period", "00:02:00", missed: .skip),
            try TimerDefinition("all", "30 */2 * * * *", missed: .all),
        ]
    }

    func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    // MARK: - The course of things

    func run(steps: Int) async {
        engine.inject { [self] _, call in
            // A commit that says it failed may have been done; here it was not.
            guard storeFails, case .commit = call else { return nil }
            return StoreError(.unavailable, "The disk is full. Make room.")
        }
        startHost()
        startHost()
        for _ in 0..<steps {
            settle()
            if !isCalm { happen() }
            // A leap is a pause of all hosts: one may lose its lease in it.
            clock.advance(by: .milliseconds(200 + below(!isCalm && below(4) == 0 ? 40_000 : 4000)))
        }
        // Everything heals, and what is left is brought to its end.
        storeFails = false
        for index in hosts.indices { hosts[index].executor.isStalled = false }
        for _ in 0..<40 {
            settle()
            clock.advance(by: .seconds(10))
        }
        settle()
        for index in hosts.indices { stop(index) }
        for _ in 0..<20 {
            settle()
            clock.advance(by: .seconds(1))
        }
        settle()
    }

    private func happen() {
        let kind = below(100)
        let index = below(hosts.count)
        switch kind {
        case 0..<3:
            counts["died", default: 0] += 1
            hosts[index].executor.isDead = true
            disown(index)
            hosts.remove(at: index)
            startHost()
        case 3..<6:
            counts["stopped", default: 0] += 1
            stop(index)
            hosts.remove(at: index)
            startHost()
        case 6..<12:
            counts["stalled", default: 0] += 1
            hosts[index].executor.isStalled = true
            hosts[index].stalledUntil = clock.now + .seconds(below(300))
            disown(index)
        case 12..<15:
            counts["store failed", default: 0] += 1
            storeFails = true
            for run in runs.indices where runs[run].end == nil { runs[run].mayRepeat = true }
        case 15..<40:
            storeFails = false
        default: break
        }
        for index in hosts.indices where hosts[index].executor.isStalled {
            if let until = hosts[index].stalledUntil, until <= clock.now { hosts[index].executor.isStalled = false }
        }
    }

    /// The runs that a host has begun may be repeated by another.
    private func disown(_ index: Int) {
        let host = number(of: index)
        for run in runs.indices where runs[run].host == host && runs[run].end == nil { runs[run].mayRepeat = true }
    }

    private var numbers: [ObjectIdentifier: Int] = [:]
    private func number(of index: Int) -> Int { numbers[ObjectIdentifier(hosts[index].executor)] ?? -1 }

    private func startHost() {
        hostCount += 1
        let number = hostCount
        let log = RecordingLog()
        logs[number] = log
        let executor = SteppedExecutor()
        let clock = SkewedClock(base: clock, skew: .milliseconds(below(4000) - 2000))
        let store = Store(
            engine: engine,
            clock: clock,
            random: SeededRandomSource(seed: seed &+ UInt64(number)),
            logger: Logger(sink: log, category: "Store")
        )
        let service = TimerService(
            timers: timers,
            clock: clock,
            random: SeededRandomSource(seed: seed &+ UInt64(number) << 8),
            zone: .utc,
            store: TimerStore(partition: store.tenant(.host)),
            lease: LeasePolicy(.shared, duration: Self.duration),
            host: "host-\(number)",
            logger: Logger(sink: log, category: "Host.Triggers.Timer"),
            spawn: executor.spawner,
            fire: { [self] in await fire($0, number) }
        )
        memory.observeCommits { notice in
            if notice.collections.contains(LeaseStore.leases.name) { service.noticeLease() }
        }
        numbers[ObjectIdentifier(executor)] = number
        hosts.append(Host(service: service, executor: executor))
        executors.append(executor)
        _ = executor.spawner { await service.start() }
    }

    private func stop(_ index: Int) {
        let host = hosts[index]
        host.executor.isStalled = false
        _ = host.executor.spawner { await host.service.stop(grace: .seconds(600)) }
    }

    private var executors: [SteppedExecutor] = []

    /// Steps whatever can be stepped until nothing can.
    private func settle() {
        var steps = 0
        while true {
            let able = executors.filter(\.canStep)
            guard !able.isEmpty else { break }
            able[below(able.count)].step(random)
            steps += 1
            guard steps < 20_000 else { return problems.append("the hosts never come to rest") }
        }
        executors.removeAll(where: \.isDead)
        noteLosses()
    }

    private var losses: [Int: Int] = [:]

    /// The runs of a host that has lost its lease may be repeated by another.
    private func noteLosses() {
        for (host, log) in logs {
            let count =
                log.messages(.warning).count { $0.contains("lease") && $0.contains("This host fires no timers") }
                + log.messages(.warning).count { $0.contains("has taken the lease over") }
            guard count > losses[host, default: 0] else { continue }
            losses[host] = count
            counts["leases lost", default: 0] += 1
            for run in runs.indices where runs[run].host == host && runs[run].end ?? clock.now == clock.now {
                runs[run].mayRepeat = true
            }
        }
    }

    // MARK: - The function

    private func fire(_ firing: TimerFiring, _ host: Int) async -> TimerRunResult {
        let occurrence = firing.info.status?.next ?? .never
        if let other = runs.last(where: { $0.function == firing.functionName && $0.end == nil && !$0.mayRepeat }) {
            problems.append("\(firing.functionName) runs on \(host) at \(clock.now) while it runs on \(other.host)")
        }
        let index = runs.count
        runs.append(
            SeenRun(
                function: firing.functionName,
                host: host,
                occurrence: occurrence,
                begin: clock.now,
                mayRepeat: storeFails
            )
        )
        // A step of its own, in which the host may stall.
        if below(3) > 0 { try? await clock.sleep(for: .milliseconds(1 + below(below(10) == 0 ? 200_000 : 3000))) }
        runs[index].end = clock.now
        // What cannot be written is another's to repeat, once the lease cannot be renewed either.
        if storeFails { runs[index].mayRepeat = true }
        return TimerRunResult(failure: below(10) == 0 ? "It broke." : nil)
    }

    // MARK: - The reckoning

    func judge() async throws {
        for timer in timers { try await judge(timer) }
    }

    private func judge(_ timer: TimerDefinition) async throws {
        let name = timer.functionName
        var served: [Timestamp: [SeenRun]] = [:]
        for run in runs where run.function == name { served[run.occurrence, default: []].append(run) }
        for (occurrence, runs) in served where runs.count > 1 {
            // All but the last were begun by a host that was cut off before it could write that they had ended.
            let unexplained = runs.dropLast().filter { !$0.mayRepeat }
            if !unexplained.isEmpty { problems.append("\(name) ran \(runs.count) times for \(occurrence)") }
        }
        let entries = try await history(of: name)
        guard timer.schedule.adjustsForDST, let first = entries.first else { return }
        // Every occurrence of the calendar is told of: it ran, or it was skipped and why.
        var told: [Timestamp: Int] = [:]
        for entry in entries {
            if entry.outcome != .skipped { told[entry.at, default: 0] += 1 }
            if entry.outcome == .skipped {
                if entry.isAtLeast == true { problems.append("\(name) was not counted to the end") }
                var moment = entry.at
                while moment <= entry.until ?? entry.at {
                    told[moment, default: 0] += 1
                    moment = timer.schedule.next(after: moment, in: .utc) ?? .never
                }
            }
        }
        var moment = first.at
        let last = entries.map { $0.until ?? $0.at }.max() ?? first.at
        while moment <= last {
            switch told[moment] ?? 0 {
            case 0: problems.append("\(name) at \(moment) is in no history")
            case 1: break
            default: problems.append("\(name) at \(moment) is told of \(told[moment] ?? 0) times")
            }
            moment = timer.schedule.next(after: moment, in: .utc) ?? .never
        }
        // What the history says ran did run.
        for entry in entries where entry.outcome != .skipped {
            if served[entry.at] == nil { problems.append("\(name) at \(entry.at) is told of and never ran") }
        }
        counts["runs", default: 0] += served.count
        counts["skipped", default: 0] += entries.reduce(0) { $0 + ($1.outcome == .skipped ? $1.count ?? 1 : 0) }
    }

    private func history(of name: String) async throws -> [TimerHistoryEntry] {
        let store = TimerStore(
            partition: Store(
                engine: memory,
                clock: clock,
                random: random,
                logger: Logger(sink: RecordingLog(), category: "Store")
            ).tenant(.host)
        )
        return try await store.history(of: name, before: nil, limit: 10_000).entries.reversed().map(\.entry)
    }
}
