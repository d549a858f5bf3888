import StoreSimulation
import Testing

/// The simulation finds mistakes that are put in on purpose.
struct BugTests {
    @Test(arguments: SimulatedBug.allCases)
    func isFound(bug: SimulatedBug) async {
        let report = await firstFailure(in: 1...400) { $0.bug = bug }
        #expect(report != nil, "nothing found \(bug.rawValue)")
    }

    @Test(arguments: SimulatedBug.allCases.filter(\.isAbove))
    func isFoundInMemory(bug: SimulatedBug) async {
        let report = await firstFailure(in: 1...100) { options in
            options.bug = bug
            options.isInMemory = true
        }
        #expect(report != nil, "nothing found \(bug.rawValue)")
    }
}
