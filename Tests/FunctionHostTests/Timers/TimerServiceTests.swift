import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// The service in time: sleeping, firing, keeping, stopping.
@Suite struct TimerServiceTests {
    private func moment(_ text: String) throws -> Timestamp { try Schedule.moment(text) }

    @Test func firesWhenDueAndKeepsTheStatus() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("tick", "0 */5 * * * *")])
        await service.start()
        let first = TimerInfo.Status(
            last: nil,
            next: try moment("2026-11-20T12:05:00Z"),
            lastUpdated: try moment("2026-11-20T12:00:10Z")
        )
        #expect(try await world.status(of: "tick") == first)
        #expect(await service.snapshots().map(\.next) == [first.next])

        await world.pass(.seconds(290))
        await world.functions.waitForRuns(1)
        await world.pass(.seconds(300))
        await world.functions.waitForRuns(2)
        await world.clock.waitForSleepers()
        let firings = world.functions.firings
        #expect(firings.map(\.firedAt) == [first.next, try moment("2026-11-20T12:10:00Z")])
        #expect(firings.first?.info == TimerInfo(status: first))
        let last = firings[1].firedAt
        #expect(
            try await world.status(of: "tick")
                == .init(last: last, next: moment("2026-11-20T12:15:00Z"), lastUpdated: last)
        )
        await service.stop()
    }

    @Test func firesManyTimersFromOneSleep() async throws {
        let world = try TimerWorld()
        let names = (0..<200).map { "timer-\($0)" }
        let service = world.service(try names.map { try TimerDefinition($0, "0 * * * * *") })
        await service.start()
        await world.clock.waitForSleepers()
        #expect(world.clock.timeToNextSleeper == .seconds(50))
        await world.pass(.seconds(50))
        await world.functions.waitForRuns(200)
        #expect(Set(world.functions.firings.map(\.functionName)) == Set(names))
        await world.clock.waitForSleepers()
        await service.stop()
        for name in names { #expect(try await world.status(of: name)?.next == moment("2026-11-20T12:02:00Z")) }
    }

    @Test func catchesUpAMissedRunOnceAndOnlyOnce() async throws {
        let world = try TimerWorld()
        let timer = try TimerDefinition("tick", "0 */5 * * * *", runOnStartup: true)
        let before = world.service([timer])
        await before.start()
        await world.functions.waitForRuns(1)
        await before.stop()
        world.clock.advance(by: .seconds(3600))

        let after = world.service([timer])
        await after.start()
        await world.functions.waitForRuns(2)
        await world.clock.waitForSleepers()
        let reasons: [TimerFiring.Reason] = [
            .runOnStartup, .pastDue(originalSchedule: try moment("2026-11-20T12:05:00Z")),
        ]
        #expect(world.functions.firings.map(\.reason) == reasons)
        #expect(world.functions.firings[1].info.isPastDue)
        await after.stop()

        let again = world.service([try TimerDefinition("tick", "0 */5 * * * *")])
        await again.start()
        await world.clock.waitForSleepers()
        #expect(world.functions.firings.count == 2)
        await again.stop()
    }

    @Test func neverOverlapsAndCatchesUpOnce() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("slow", "*/10 * * * * *")])
        world.functions.hold()
        await service.start()
        await world.pass(.seconds(10))
        await world.functions.waitForRuns(1)
        // Ten occurrences pass while it runs.
        world.clock.advance(by: .seconds(100))
        world.functions.release()
        await world.functions.waitForRuns(2)
        await world.clock.waitForSleepers()
        #expect(world.clock.timeToNextSleeper == .seconds(10))
        #expect(world.functions.firings.count == 2)
        #expect(world.functions.runningMax == 1)
        #expect(world.functions.firings.allSatisfy { !$0.info.isPastDue && $0.info.status == nil })
        await service.stop()
    }

    @Test func goesOnAfterFailures() async throws {
        let world = try TimerWorld()
        world.functions.fail()
        let service = world.service([try TimerDefinition("bad", "0 * * * * *")])
        await service.start()
        for count in 1...3 {
            await world.pass(.seconds(60))
            await world.functions.waitForRuns(count)
        }
        await world.clock.waitForSleepers()
        #expect(try await world.status(of: "bad")?.last == world.functions.firings[2].firedAt)
        let snapshot = try #require(await service.snapshots().first)
        #expect(snapshot.functionName == "bad")
        #expect(snapshot.lastResult == TimerRunResult(failure: "It broke."))
        #expect(!snapshot.isRunning)
        #expect(snapshot.last == world.functions.firings[2].firedAt)
        #expect(snapshot.next == world.clock.now + .seconds(50))
        await service.stop()
    }

    @Test func goesOnWhenTheStatusCannotBeWritten() async throws {
        let clock = ManualClock(now: try moment("2026-11-20T12:00:10Z"))
        let engine = FaultyStoreEngine(MemoryStoreEngine(clock: clock))
        let world = try TimerWorld(clock: clock, engine: engine)
        let service = world.service([try TimerDefinition("tick", "0 * * * * *")])
        await service.start()
        engine.inject { _, call in
            guard case .commit = call else { return nil }
            return StoreError(.unavailable, "The disk is full. Make room.")
        }
        for count in 1...2 {
            await world.pass(.seconds(60))
            await world.functions.waitForRuns(count)
        }
        await world.clock.waitForSleepers()
        let words =
            "The status of timer 'tick' could not be written: The disk is full. Make room. The timer goes on; a run missed "
            + "while the host is stopped may not be caught up."
        #expect(Set(world.log.messages(.error)) == [words])
        // When the disk has room again, nothing is lost.
        engine.inject { _, _ in nil }
        await world.pass(.seconds(60))
        await world.functions.waitForRuns(3)
        await world.clock.waitForSleepers()
        await service.stop()
        #expect(
            try await world.history(of: "tick") == [
                "succeeded scheduled 12:01:00", "succeeded scheduled 12:02:00", "succeeded scheduled 12:03:00",
            ]
        )
    }

    // MARK: - Clocks

    @Test func sleepsInShortStretchesAndGoesByTheWallClock() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("yearly", "0 0 0 1 1 *")])
        await service.start()
        await world.clock.waitForSleepers()
        #expect(world.clock.timeToNextSleeper == .seconds(60))
        // The machine was suspended over New Year; running time stood still.
        world.clock.setWallTime(try moment("2027-01-01T08:00:00Z"))
        await world.pass(.seconds(60))
        await world.functions.waitForRuns(1)
        let firing = try #require(world.functions.firings.first)
        #expect(firing.firedAt == (try moment("2027-01-01T08:01:00Z")))
        #expect(!firing.info.isPastDue)
        await service.stop()
    }

    @Test func followsAWallClockThatGoesBack() async throws {
        let world = try TimerWorld(now: "2036-01-01T00:00:10Z")
        let service = world.service([try TimerDefinition("tick", "0 */5 * * * *")])
        await service.start()
        await world.clock.waitForSleepers()
        world.clock.setWallTime(try moment("2026-11-20T12:00:10Z"))
        await world.pass(.seconds(60))
        await world.clock.waitForSleepers()
        #expect(try await world.status(of: "tick")?.next == moment("2026-11-20T12:05:00Z"))
        #expect(world.log.messages(.warning).count == 1)
        await world.pass(.seconds(230))
        await world.functions.waitForRuns(1)
        await service.stop()
    }

    @Test func doesNotRepeatWhatACorrectedClockShowsAgain() async throws {
        let world = try TimerWorld(now: "2026-11-20T12:04:30Z")
        let service = world.service([try TimerDefinition("tick", "0 */5 * * * *")])
        await service.start()
        await world.pass(.seconds(30))
        await world.functions.waitForRuns(1)
        await world.clock.waitForSleepers()
        world.clock.setWallTime(try moment("2026-11-20T12:04:58Z"))
        for _ in 0..<5 { await world.pass(.seconds(60)) }
        await world.clock.waitForSleepers()
        #expect(world.functions.firings.count == 1)
        await world.pass(.seconds(2))
        await world.functions.waitForRuns(2)
        #expect(world.functions.firings[1].firedAt == (try moment("2026-11-20T12:10:00Z")))
        await service.stop()
    }

    // MARK: - Stopping

    @Test func stopsAtOnceWhenNothingRuns() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("tick", "0 * * * * *")])
        await service.start()
        await service.stop()
        world.clock.advance(by: .seconds(3600))
        #expect(world.functions.firings.isEmpty)
        #expect(world.clock.timeToNextSleeper == nil)
    }

    @Test func stopWaitsForARunAndKeepsItsStatus() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("tick", "0 */5 * * * *", runOnStartup: true)])
        world.functions.hold()
        await service.start()
        await world.functions.waitForRuns(1)
        async let stopped: Void = service.stop(grace: .seconds(10))
        await world.clock.waitForSleepers()
        world.functions.release()
        await stopped
        #expect(try await world.status(of: "tick")?.last == moment("2026-11-20T12:00:10Z"))
        #expect(!world.functions.wasCancelled)
        #expect(world.clock.timeToNextSleeper == nil)
    }

    @Test func stopGivesUpAfterTheGrace() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("stuck", "0 */5 * * * *", runOnStartup: true)])
        world.functions.hold()
        await service.start()
        await world.functions.waitForRuns(1)
        async let stopped: Void = service.stop(grace: .seconds(10))
        await world.pass(.seconds(10))
        await stopped
        #expect(world.functions.wasCancelled)
        #expect(
            world.log.messages(.warning) == [
                "Timer functions still run after 00:00:10 and are cancelled: 'stuck'."
            ]
        )
        world.functions.release()
    }
}
