internal import DocumentStore
internal import FunctionKit
internal import FunctionTesting

/// One run: several lives of a process on one disk, with clients, faults and crashes, everything decided by a seed.
///
/// `@unchecked Sendable`: used by one thread only, the one that calls ``run(_:)``.
package final class Simulation: @unchecked Sendable {
    let options: SimulationOptions
    let trace: EventTrace
    let clock: SimulatedClock
    let schedule: SimulatedSchedule
    let model: StoreModel
    var random: SimulationRandom
    var image = DiskImage()
    var counts = SimulationReport.Counts()
    var isInitialized = false

    static let path = "/srv/data"
    static let tenants = 3
    private static let stepsMax = 100_000

    /// Prepares a run.
    package init(_ options: SimulationOptions) {
        self.options = options
        trace = EventTrace(output: options.output)
        clock = SimulatedClock(trace: trace)
        schedule = SimulatedSchedule(random: SimulationRandom(seed: options.seed, stream: 3), trace: trace)
        model = StoreModel(tenants: Self.tenants, clock: clock, trace: trace)
        random = SimulationRandom(seed: options.seed, stream: 4)
        if !options.isInMemory, random.chance(200) { model.quota = random.within(300...3000) }
    }

    /// Runs a simulation on the calling thread.
    package static func run(_ options: SimulationOptions) -> SimulationReport {
        let simulation = Simulation(options)
        simulation.run()
        return simulation.report()
    }

    private func run() {
        guard !options.isInMemory else { return runInMemory() }
        for _ in 0..<options.lives {
            while random.chance(200), model.failure == nil { interruptRecovery() }
            guard let world = recover() else { return }
            work(world)
            guard model.failure == nil else { return }
        }
        guard let world = recover() else { return }
        end(world)
    }

    private func runInMemory() {
        let engine = MemoryStoreEngine(clock: clock)
        let world = World(
            model: model,
            engine: options.bug?.engine(engine, clock: clock) ?? engine,
            files: nil,
            disk: nil,
            random: SimulationRandom(seed: options.seed, stream: 5)
        )
        let clients = (0..<4).map { _ in Client(world, steps: 25) }
        let keeper = Keeper(world, steps: 20, closesAfter: nil)
        perform(tasks(clients, keeper))
        guard model.failure == nil else { return }
        perform([{ await Inspection(world).settle() }])
    }

    /// Runs tasks, and whatever else there is to do, until nothing is left.
    func perform(_ bodies: [@Sendable () async -> Void], untilDone: Bool = false) {
        let left = Countdown(bodies.count)
        for body in bodies {
            Task(executorPreference: schedule) {
                await body()
                left.count -= 1
            }
        }
        var steps = 0
        while steps < Self.stepsMax, !(untilDone && left.count == 0), schedule.runOne() || clock.wakeNext() {
            steps += 1
        }
        if steps == Self.stepsMax { model.fail("the store never comes to rest") }
        if left.count > 0 { model.fail("\(left.count) calls were never answered") }
    }

    func tasks(_ clients: [Client], _ keeper: Keeper) -> [@Sendable () async -> Void] {
        clients.map { client in { @Sendable in await client.run() } } + [{ await keeper.run() }]
    }

    private func report() -> SimulationReport {
        for batch in model.batches {
            switch batch.status {
            case .acknowledged: counts.acknowledged += 1
            case .seen:
                counts.seen += 1
                counts.unanswered += 1
            case .unknown: counts.unanswered += 1
            case .gone:
                if case .failure = model.operations[batch.operation].answer {
                    counts.refused += 1
                } else {
                    counts.unanswered += 1
                }
            }
        }
        return SimulationReport(
            seed: options.seed,
            hash: trace.hash,
            failure: model.failure,
            events: trace.step,
            counts: counts,
            command: options.command
        )
    }
}

/// How many tasks have not come to their end.
///
/// `@unchecked Sendable`: used by the simulation's one thread only.
private final class Countdown: @unchecked Sendable {
    var count: Int

    init(_ count: Int) { self.count = count }
}
