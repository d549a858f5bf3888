import Testing

@testable import FunctionHost

/// When a function leaves the event loop, and when it comes back.
struct PlacementTests {
    @Test(arguments: [
        ([0.01, 0.01, 0.01], false),
        ([50], false),
        ([65], true),
        ([20, 20, 20], false),
        ([20, 20, 20, 20], true),
        ([200], true),
        ([1], false),
    ])
    func leavesTheLoopWhenItsAverageIsHigh(runsMilliseconds: [Double], isOffLoop: Bool) {
        let placement = Placement()
        for run in runsMilliseconds { placement.ran(for: .microseconds(Int64(run * 1000))) }
        #expect(placement.isOffLoop == isOffLoop)
    }

    @Test func aPreemptedRunNowAndThenMovesNothing() {
        let placement = Placement()
        for run in 0..<10_000 {
            placement.ran(for: run % 50 == 0 ? .milliseconds(8) : .microseconds(2))
            #expect(!placement.isOffLoop)
        }
    }

    @Test func comesBackAfterManyShortRuns() {
        let placement = Placement()
        placement.ran(for: .milliseconds(200))
        var runs = 0
        while placement.isOffLoop {
            placement.ran(for: .microseconds(5))
            runs += 1
        }
        #expect((100...300).contains(runs))
    }

    @Test func whoHasToGoAgainStaysAwayForTwiceAsLong() {
        let placement = Placement()
        var stays: [Int] = []
        for _ in 0..<4 {
            placement.ran(for: .milliseconds(200))
            var runs = 0
            while placement.isOffLoop {
                placement.ran(for: .microseconds(5))
                runs += 1
            }
            stays.append(runs)
        }
        // The average needs about 175 runs to fall.
        #expect((150...200).contains(stays[0]))
        #expect(Array(stays.dropFirst()) == [256, 512, 1024])
    }
}
