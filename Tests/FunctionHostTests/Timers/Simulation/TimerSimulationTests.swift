import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Hosts on one store, by seeds.
@Suite struct TimerSimulationTests {
    @Test(arguments: UInt64(1)...200)
    func firesOnceAndTellsOfEverything(seed: UInt64) async throws {
        let simulation = try TimerSimulation(seed: seed)
        await simulation.run(steps: 150)
        try await simulation.judge()
        #expect(simulation.problems.isEmpty, "seed \(seed): \(simulation.problems.prefix(5))")
        #expect(simulation.counts["runs", default: 0] > 10)
    }

    @Test(arguments: UInt64(1)...20)
    func losesNothingWhereNothingFails(seed: UInt64) async throws {
        let simulation = try TimerSimulation(seed: seed, isCalm: true)
        await simulation.run(steps: 400)
        try await simulation.judge()
        #expect(simulation.problems.isEmpty, "seed \(seed): \(simulation.problems.prefix(5))")
        #expect(simulation.counts["leases lost"] == nil)
        #expect(!simulation.runs.contains { $0.mayRepeat })
    }
}
