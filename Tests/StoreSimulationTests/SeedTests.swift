import StoreSimulation
import Testing

/// The promises of the store under crashes, faults and concurrency. `scripts/simulate` runs other seeds, and more of them.
struct SeedTests {
    private static let part: UInt64 = 125

    @Test(arguments: UInt64(0)..<16)
    func everyPromiseIsKept(part: UInt64) async {
        let first = part * Self.part + 1
        let report = await firstFailure(in: first..<first + Self.part)
        #expect(report == nil, "\(report?.failure ?? ""); replay with: \(report?.command ?? "")")
    }

    @Test func historiesInMemoryAreLinearizable() async {
        let report = await firstFailure(in: 1...100) { $0.isInMemory = true }
        #expect(report == nil, "\(report?.failure ?? ""); replay with: \(report?.command ?? "")")
    }

    @Test func theSameSeedDoesTheSame() async {
        let hashes = await onOwnThread {
            (1...20).map { seed in (0..<2).map { _ in Simulation.run(SimulationOptions(seed: seed)).hash } }
        }
        for pair in hashes { #expect(pair[0] == pair[1]) }
        #expect(Set(hashes.map { $0[0] }).count == hashes.count)
    }

    /// A simulation in which nothing happens proves nothing.
    @Test func somethingHappens() async {
        let counts = await onOwnThread {
            (1...60).map { Simulation.run(SimulationOptions(seed: $0)).counts }.reduce(.init(), +)
        }
        #expect(counts.acknowledged > 500)
        #expect(counts.refused > 50)
        #expect(counts.unanswered > 30)
        #expect(counts.seen > 5)
        #expect(counts.powerLosses > 50)
        #expect(counts.kills > 30)
        #expect(counts.closes > 10)
        #expect(counts.interruptedRecoveries > 10)
        #expect(counts.damages > 5)
    }
}
