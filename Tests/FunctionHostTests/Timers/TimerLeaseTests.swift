import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Two hosts on the test kit's store, one story at a time: who fires, what is kept, and whose word counts.
@Suite struct TimerLeaseTests {
    struct Story: Sendable, CustomTestStringConvertible {
        var name: String
        var steps: [TwoHosts.Step]
        /// Which host ran which occurrence and why, in order.
        var runs: [String]
        /// The history in the store, the oldest entry first.
        var history: [String]
        /// Whose lease it is in the end, and the how many-th.
        var lease: String
        /// How many runs go on at once: more than one only where a host was cut off in the middle of one.
        var runningMax = 1
        /// What the hosts say of the lease.
        var says: [String] = []
        var testDescription: String { name }
    }

    private static let takenOver =
        "1: Another host fires the timers now: it has taken the lease over. Functions that run here go on."
    private static let expired =
        "1: This host fires no timers: it could not renew its lease in time. It goes on when it holds the lease again."
    private static let standsBy =
        "2: Host 'host-1' fires the timers. This one takes over when it stops, or has not renewed its lease for 00:01:00."

    /// The timer is due each full minute; the first host starts at 12:00:10.
    static let stories: [Story] = [
        Story(
            name: "one of two fires",
            steps: [.start(1), .start(2), .pass(130)],
            runs: ["1 12:01:00 scheduled", "1 12:02:00 scheduled"],
            history: ["succeeded scheduled 12:01:00", "succeeded scheduled 12:02:00"],
            lease: "host-1 1",
            says: [standsBy]
        ),
        Story(
            name: "a stop hands over at once",
            steps: [.start(1), .start(2), .pass(60), .stop(1), .pass(60)],
            runs: ["1 12:01:00 scheduled", "2 12:02:00 scheduled"],
            history: ["succeeded scheduled 12:01:00", "succeeded scheduled 12:02:00"],
            lease: "host-2 2",
            says: [standsBy]
        ),
        Story(
            name: "a drain hands over at once",
            steps: [.start(1), .start(2), .pass(60), .drain(1), .pass(60)],
            runs: ["1 12:01:00 scheduled", "2 12:02:00 scheduled"],
            history: ["succeeded scheduled 12:01:00", "succeeded scheduled 12:02:00"],
            lease: "host-2 2",
            says: [standsBy]
        ),
        Story(
            name: "a stop waits for what runs before it hands over",
            steps: [.start(1), .start(2), .pass(45), .hold, .pass(10), .stop(1), .pass(30), .release, .pass(40)],
            runs: ["1 12:01:00 scheduled", "2 12:02:00 scheduled"],
            history: ["succeeded scheduled 12:01:00", "succeeded scheduled 12:02:00"],
            lease: "host-2 2",
            says: [standsBy]
        ),
        Story(
            name: "a dead leader is followed a minute after its last renewal",
            steps: [.start(1), .start(2), .pass(70), .die(1), .pass(110)],
            runs: ["1 12:01:00 scheduled", "2 12:02:00 pastDue", "2 12:03:00 scheduled"],
            history: ["succeeded scheduled 12:01:00", "succeeded past_due 12:02:00", "succeeded scheduled 12:03:00"],
            lease: "host-2 2",
            says: [standsBy]
        ),
        Story(
            name: "a stalled leader that wakes up begins nothing",
            steps: [.start(1), .start(2), .pass(70), .stall(1), .pass(100), .wake(1), .pass(50)],
            runs: ["1 12:01:00 scheduled", "2 12:02:00 pastDue", "2 12:03:00 scheduled"],
            history: ["succeeded scheduled 12:01:00", "succeeded past_due 12:02:00", "succeeded scheduled 12:03:00"],
            lease: "host-2 2",
            says: [standsBy, expired]
        ),
        Story(
            name: "a run that a stalled leader brings to its end counts for nothing",
            steps: [
                .start(1), .start(2), .hold, .pass(52), .stall(1), .release, .pass(85), .wake(1), .pass(40),
            ],
            runs: ["1 12:01:00 scheduled", "2 12:01:00 pastDue", "2 12:02:00 scheduled", "2 12:03:00 scheduled"],
            history: [
                "succeeded past_due 12:01:00", "succeeded scheduled 12:02:00", "succeeded scheduled 12:03:00",
            ],
            lease: "host-2 2",
            runningMax: 2,
            says: [standsBy, takenOver]
        ),
        Story(
            name: "a leader that cannot renew stops before anybody may begin, and goes on when it can",
            steps: [.start(1), .pass(45), .breakStore, .pass(100), .mendStore, .pass(60)],
            runs: ["1 12:01:00 scheduled", "1 12:01:00 pastDue", "1 12:03:00 scheduled"],
            history: [
                "succeeded past_due 12:01:00", "skipped no_lease 12:02:00", "succeeded scheduled 12:03:00",
            ],
            lease: "host-1 2",
            says: [expired]
        ),
        Story(
            name: "a clock that goes ahead takes nobody's lease",
            steps: [.skew(2, 1800), .start(1), .start(2), .pass(130)],
            runs: ["1 12:01:00 scheduled", "1 12:02:00 scheduled"],
            history: ["succeeded scheduled 12:01:00", "succeeded scheduled 12:02:00"],
            lease: "host-1 1",
            says: [standsBy]
        ),
        Story(
            name: "a clock that goes ahead repeats nothing when it hands over",
            steps: [.skew(1, 1800), .start(1), .start(2), .pass(60), .stop(1), .pass(60)],
            runs: ["1 12:31:00 scheduled"],
            history: ["succeeded scheduled 12:31:00"],
            lease: "host-2 2",
            says: [standsBy]
        ),
        Story(
            name: "who comes third waits, too",
            steps: [.start(1), .start(2), .start(3), .pass(60), .stop(1), .pass(5), .stop(2), .pass(60)],
            runs: ["1 12:01:00 scheduled", "3 12:02:00 scheduled"],
            history: ["succeeded scheduled 12:01:00", "succeeded scheduled 12:02:00"],
            lease: "host-3 3"
        ),
    ]

    @Test(arguments: stories)
    func oneFiresAndItsWordCounts(_ story: Story) async throws {
        let hosts = try TwoHosts()
        for step in story.steps { hosts.take(step) }
        #expect(hosts.runs.map(\.text) == story.runs)
        #expect(try await hosts.history() == story.history)
        let lease = try #require(try await hosts.lease())
        #expect("\(lease.owner ?? "nobody") \(lease.fence)" == story.lease)
        for sentence in story.says { #expect(hosts.sayings.contains(sentence), "\(hosts.sayings)") }
        #expect(hosts.runningMax <= story.runningMax)
    }
}

/// Hosts whose tasks are stepped on one thread, each with a clock of its own.
///
/// `@unchecked Sendable`: used by one thread only.
final class TwoHosts: @unchecked Sendable {
    enum Step: Sendable {
        case start(Int), stop(Int), drain(Int)
        /// The host takes no step any more, or none for the time being.
        case die(Int), stall(Int), wake(Int)
        /// By how many seconds a host's clock goes ahead, before it starts.
        case skew(Int, Int)
        /// Runs that begin from now on last until ``release``.
        case hold, release
        case breakStore, mendStore
        /// Seconds pass, one by one.
        case pass(Int)
    }

    struct Run {
        var host: Int
        var firing: TimerFiring

        /// `1 12:01:00 scheduled`.
        var text: String {
            let time = (firing.info.status?.next.wholeSecondsText ?? "").dropFirst(11).prefix(8)
            let reason = "\(firing.reason)".prefix { $0 != "(" }
            return "\(host) \(time) \(reason)"
        }
    }

    private struct Host {
        var service: TimerService
        var executor: SteppedExecutor
    }

    private let clock = ManualClock(now: Timestamp(seconds: 1_795_176_010))
    private let random = SeededRandomSource()
    private let memory: MemoryStoreEngine
    private let engine: FaultyStoreEngine
    private let timer: TimerDefinition
    private var hosts: [Int: Host] = [:]
    private var executors: [SteppedExecutor] = []
    private var logs: [Int: RecordingLog] = [:]
    private var skews: [Int: Int] = [:]
    private var isHolding = false
    private var storeFails = false
    private(set) var runs: [Run] = []
    private var running = 0
    private(set) var runningMax = 0

    init() throws {
        memory = MemoryStoreEngine(clock: clock)
        engine = FaultyStoreEngine(memory)
        timer = try TimerDefinition("tick", "0 * * * * *")
        engine.inject { [weak self] _, call in
            guard let self, storeFails, case .commit = call else { return nil }
            return StoreError(.unavailable, "The disk is full. Make room.")
        }
    }

    /// What the hosts said at information and above, each sentence with its host's number.
    var sayings: [String] {
        logs.sorted { $0.key < $1.key }.flatMap { number, log in
            log.records.filter { $0.level >= .information }.map { "\(number): \($0.message)" }
        }
    }

    func history() async throws -> [String] {
        try await TimerStore(partition: partition(clock)).history(of: "tick", before: nil, limit: 100)
            .entries.reversed().map { $0.entry.line }
    }

    func lease() async throws -> LeaseRecord? { try await LeaseStore(tenant: partition(clock)).read()?.record }

    func take(_ step: Step) {
        switch step {
        case .start(let number): start(number)
        case .stop(let number):
            let host = hosts[number]
            _ = host?.executor.spawner { await host?.service.stop(grace: .seconds(600)) }
        case .drain(let number):
            let host = hosts[number]
            _ = host?.executor.spawner { await host?.service.stop(grace: .seconds(600), acceptsRuns: true) }
        case .die(let number): hosts[number]?.executor.isDead = true
        case .stall(let number): hosts[number]?.executor.isStalled = true
        case .wake(let number): hosts[number]?.executor.isStalled = false
        case .skew(let number, let seconds): skews[number] = seconds
        case .hold: isHolding = true
        case .release: isHolding = false
        case .breakStore: storeFails = true
        case .mendStore: storeFails = false
        case .pass(let seconds):
            for _ in 0..<seconds {
                settle()
                clock.advance(by: .seconds(1))
            }
        }
        settle()
    }

    private func partition(_ clock: any AppClock) -> TenantStore {
        let log = RecordingLog()
        return Store(engine: engine, clock: clock, random: random, logger: Logger(sink: log, category: "Store"))
            .tenant(.host)
    }

    private func start(_ number: Int) {
        let executor = SteppedExecutor()
        let clock = SkewedClock(base: clock, skew: .seconds(skews[number] ?? 0))
        let log = RecordingLog()
        let service = TimerService(
            timers: [timer],
            clock: clock,
            random: random,
            zone: .utc,
            store: TimerStore(partition: partition(clock)),
            lease: LeasePolicy(.shared),
            host: "host-\(number)",
            logger: Logger(sink: log, category: "Host.Triggers.Timer"),
            spawn: executor.spawner,
            fire: { [self] in await fire($0, number) }
        )
        memory.observeCommits { notice in
            if notice.collections.contains(LeaseStore.leases.name) { service.noticeLease() }
        }
        logs[number] = log
        hosts[number] = Host(service: service, executor: executor)
        executors.append(executor)
        _ = executor.spawner { await service.start() }
    }

    private func fire(_ firing: TimerFiring, _ number: Int) async -> TimerRunResult {
        runs.append(Run(host: number, firing: firing))
        running += 1
        runningMax = max(runningMax, running)
        while isHolding { try? await clock.sleep(for: .milliseconds(500)) }
        running -= 1
        return TimerRunResult()
    }

    /// Steps whatever can be stepped until nothing can.
    private func settle() {
        while let executor = executors.first(where: \.canStep) { executor.step(random) }
    }
}
