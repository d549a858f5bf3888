import FunctionKit
import FunctionTesting
import Testing

/// The clock of tests: it moves when told and wakes exactly those who are due.
struct ManualClockTests {
    private let clock = ManualClock(now: Timestamp(milliseconds: 1000))

    @Test func itStandsStillUntilItIsMoved() {
        #expect(clock.now == Timestamp(milliseconds: 1000))
        #expect(clock.uptime == .zero)
        clock.advance(by: .milliseconds(1500))
        #expect(clock.now == Timestamp(milliseconds: 2500))
        #expect(clock.uptime == .milliseconds(1500))
        clock.advance(by: .milliseconds(-1))
        #expect(clock.uptime == .milliseconds(1500))
    }

    @Test func settingTheWallTimeWakesNobodyAndKeepsUptime() async throws {
        async let sleeper: Void = clock.sleep(for: .seconds(1))
        await clock.waitForSleepers()
        clock.setWallTime(Timestamp(milliseconds: .max))
        #expect(clock.uptime == .zero)
        #expect(clock.timeToNextSleeper == .seconds(1))
        clock.advance(by: .seconds(1))
        try await sleeper
        #expect(clock.now == Timestamp(milliseconds: .max))
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .seconds(Int64.min)])
    func noTimeIsNoSleep(duration: Duration) async throws {
        try await clock.sleep(for: duration)
        #expect(clock.timeToNextSleeper == nil)
    }

    @Test func onlyThoseWhoAreDueWake() async throws {
        async let short: Void = clock.sleep(for: .seconds(1))
        async let long: Void = clock.sleep(for: .seconds(3))
        await clock.waitForSleepers(2)
        clock.advance(by: .milliseconds(999))
        #expect(clock.timeToNextSleeper == .milliseconds(1))
        clock.advance(by: .milliseconds(1))
        try await short
        #expect(clock.timeToNextSleeper == .seconds(2))
        clock.advance(by: .seconds(2))
        try await long
        #expect(clock.timeToNextSleeper == nil)
    }

    @Test func aCancelledTaskDoesNotSleep() async {
        let task = Task { [clock] in
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(for: .seconds(1))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.timeToNextSleeper == nil)
    }

    @Test func cancellingWakesTheSleeperAlone() async throws {
        let cancelled = Task { [clock] in try await clock.sleep(for: .seconds(1)) }
        await clock.waitForSleepers()
        async let other: Void = clock.sleep(for: .seconds(2))
        await clock.waitForSleepers(2)
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(clock.timeToNextSleeper == .seconds(2))
        clock.advance(by: .seconds(2))
        try await other
    }

    @Test func whoeverWaitsForSleepersSeesThoseThatSleepAlready() async throws {
        async let sleeper: Void = clock.sleep(for: .seconds(1))
        await clock.waitForSleepers()
        await clock.waitForSleepers()
        await clock.waitForSleepers(0)
        clock.advance(by: .seconds(1))
        try await sleeper
        await clock.waitForSleepers(0)
    }

    @Test func aCancelledWaitForSleepersEnds() async {
        for mayWaitFirst in [false, true] {
            let waiting = Task { [clock] in await clock.waitForSleepers(1) }
            if mayWaitFirst { for _ in 0..<10 { await Task.yield() } }
            waiting.cancel()
            await waiting.value
        }
    }

    @Test func manyTasksSleepAndAllWake() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<500 {
                group.addTask { [clock] in try await clock.sleep(for: .milliseconds(index % 50 + 1)) }
            }
            await clock.waitForSleepers(500)
            for _ in 0..<50 { clock.advance(by: .milliseconds(1)) }
            try await group.waitForAll()
        }
        #expect(clock.timeToNextSleeper == nil)
    }

    /// Every sleeper ends exactly once, whichever of the two comes first.
    @Test func cancellingAndAdvancingMayRace() async {
        var endings = 0
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<400 {
                let sleeper = Task { [clock] in try await clock.sleep(for: .milliseconds(1 + index % 3)) }
                group.addTask { sleeper.cancel() }
                group.addTask { [clock] in clock.advance(by: .milliseconds(1)) }
                group.addTask { _ = await sleeper.result }
            }
            for await _ in group { endings += 1 }
        }
        #expect(endings == 1200)
        #expect(clock.timeToNextSleeper == nil)
    }
}
