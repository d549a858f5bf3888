import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Timers that cannot start, since the store fails: the words, the waits, and what runs nevertheless.
@Suite struct TimerListenerTests {
    private static let full = StoreError(.unavailable, "The disk is full. Make room.")

    @Test func triesAgainUntilTheStoreAnswers() async throws {
        let clock = ManualClock(now: try Schedule.moment("2026-11-20T12:00:10Z"))
        let engine = FaultyStoreEngine(MemoryStoreEngine(clock: clock))
        engine.inject { _, _ in Self.full }
        let world = try TimerWorld(clock: clock, engine: engine)
        let service = world.service([
            try TimerDefinition("slow", "0 */5 * * * *"), try TimerDefinition("quick", "*/30 * * * * *"),
        ])
        await service.start()
        #expect(
            world.log.messages(.error) == [
                "The listener for function 'Functions.slow' was unable to start. The disk is full. Make room.",
                "The listener for function 'Functions.quick' was unable to start. The disk is full. Make room.",
            ]
        )
        #expect(await service.snapshots().map(\.failedStarts) == [0, nil])
        // One whose progress is not kept needs no store.
        #expect(await service.snapshots().map(\.next) == [nil, try Schedule.moment("2026-11-20T12:00:30Z")])
        await clock.waitForSleepers(2)
        #expect(clock.timeToNextSleeper == .seconds(2))
        await world.pass(.seconds(2), sleepers: 2)
        await clock.waitForSleepers(2)
        engine.inject { _, _ in nil }
        // The second wait is 2 s + 2 s × (0.8 to 1.2).
        await world.pass(.seconds(5), sleepers: 2)
        while await !service.failing.isEmpty { await Task.yield() }
        let messages = world.log.messages(.information).filter { !$0.contains("The next 5") }
        #expect(
            messages == [
                "Retrying to start listener for function 'Functions.slow' (Attempt 1)",
                "Retrying to start listener for function 'Functions.slow' (Attempt 2)",
                "Listener successfully started for function 'Functions.slow' after 2 retries.",
            ]
        )
        #expect(world.log.messages(.error).count == 3)
        #expect(try await world.status(of: "slow")?.next == Schedule.moment("2026-11-20T12:05:00Z"))
        await service.stop()
        #expect(clock.timeToNextSleeper == nil)
    }

    @Test func aRecordThatDoesNotDecodeStopsItsTimerOnly() async throws {
        let world = try TimerWorld()
        let damaged = CollectionDefinition<[String: String]>("timers")
        try await world.host.collection(damaged).upsert(["next": "tomorrow"], id: "bad")
        let service = world.service([
            try TimerDefinition("bad", "0 */5 * * * *"), try TimerDefinition("good", "0 */5 * * * *"),
        ])
        await service.start()
        #expect(await service.snapshots().map { $0.next == nil } == [true, false])
        let error = try #require(world.log.messages(.error).first)
        #expect(error.hasPrefix("The listener for function 'Functions.bad' was unable to start. Document 'bad'"))
        await world.clock.waitForSleepers(2)
        try await world.host.collection(damaged).delete("bad")
        await world.pass(.seconds(2), sleepers: 2)
        while await !service.failing.isEmpty { await Task.yield() }
        #expect(await service.snapshots().allSatisfy { $0.next != nil })
        await service.stop()
    }

    @Test(arguments: [
        (0.0, [2.0, 3.6, 6.8, 13.2, 26.0, 51.6, 102.8, 102.8]), (0.5, [2, 4, 8, 16, 32, 64, 120, 120]),
        (0.999_999, [2, 4.4, 9.2, 18.8, 38, 76.4, 120, 120]),
    ])
    func waitsLongerWithChance(fraction: Double, seconds: [Double]) {
        var backoff = ListenerBackoff()
        for expected in seconds {
            let wait = backoff.next(fraction: fraction)
            #expect(abs((wait - .seconds(expected)) / .seconds(1)) < 0.01)
        }
        backoff.reset()
        #expect(backoff.next(fraction: fraction) == .seconds(2))
    }
}
