import Testing

@testable import FunctionHost

/// When a function leaves the event loop.
struct PlacementTests {
    @Test(arguments: [
        ([1, 1, 1, 2], false), ([50], false), ([50, 1, 1], false), ([50, 3], true), ([1, 3, 1, 1, 3], true),
    ])
    func leavesTheLoopAfterTwoSlowRuns(runsMilliseconds: [Int], isOffLoop: Bool) {
        let placement = Placement()
        for run in runsMilliseconds { placement.ran(for: .milliseconds(run)) }
        #expect(placement.isOffLoop == isOffLoop)
    }
}
