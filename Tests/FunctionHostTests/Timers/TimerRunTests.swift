import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Running a timer function by hand.
@Suite struct TimerRunTests {
    @Test func runsWithTheKeptStatusAndLeavesTheScheduleAlone() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("tick", "0 */5 * * * *")])
        await service.start()
        let kept = try await world.status(of: "tick")
        let firing = try await service.run("tick") { $0 }
        #expect(firing.info == TimerInfo(isPastDue: false, status: kept))
        #expect(firing.reason == .manual)
        #expect(try await world.status(of: "tick") == kept)
        #expect(await service.snapshots().map(\.next) == [kept?.next])
        await service.stop()
    }

    @Test func waitsForARunThatIsGoing() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("tick", "0 */5 * * * *", runOnStartup: true)])
        world.functions.hold()
        await service.start()
        await world.functions.waitForRuns(1)
        async let byHand = service.run("tick") { [functions = world.functions] in await functions.run($0) }
        // The request waits by the time that the actor answers a later question.
        while await service.waiting.isEmpty { await Task.yield() }
        #expect(world.functions.firings.count == 1)
        world.functions.release()
        #expect(try await byHand.succeeded)
        #expect(world.functions.firings.map(\.reason) == [.runOnStartup, .manual])
        #expect(world.functions.runningMax == 1)
        await service.stop()
    }

    @Test func anOccurrenceFollowsARunByHand() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("tick", "0 * * * * *")])
        world.functions.hold()
        await service.start()
        async let byHand = service.run("tick") { [functions = world.functions] in await functions.run($0) }
        await world.functions.waitForRuns(1)
        // Two occurrences come due; no alarm is set while neither can run.
        await world.pass(.seconds(110))
        while await !service.timers[0].isIdle, await service.timers[0].isArmed { await Task.yield() }
        world.functions.release()
        _ = try await byHand
        await world.functions.waitForRuns(2)
        await world.clock.waitForSleepers()
        #expect(world.functions.firings.map(\.reason) == [.manual, .scheduled])
        #expect(world.functions.runningMax == 1)
        await service.stop()
    }

    @Test func waitsForTheStart() async throws {
        let world = try TimerWorld()
        let early = world.service([try TimerDefinition("tick", "0 */5 * * * *")])
        await early.start()
        await early.stop()
        world.clock.advance(by: .seconds(3600))

        let service = world.service([try TimerDefinition("tick", "0 */5 * * * *")])
        world.functions.hold()
        async let byHand = service.run("tick") { [functions = world.functions] in await functions.run($0) }
        await service.start()
        await world.functions.waitForRuns(1)
        world.functions.release()
        _ = try await byHand
        #expect(world.functions.firings.map(\.info.isPastDue) == [true, false])
        #expect(world.functions.runningMax == 1)
        await service.stop()

        let stopped = world.service([try TimerDefinition("tick", "0 */5 * * * *")])
        let never = Task { try await stopped.run("tick") { _ in } }
        await stopped.stop()
        await #expect(throws: TimerRunError.stopping("tick")) { try await never.value }
    }

    @Test func refusesWhatCannotRun() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("tick", "0 * * * * *")])
        await service.start()
        await #expect(throws: TimerRunError.unknown("other")) { try await service.run("other") { _ in } }
        await service.stop()
        await #expect(throws: TimerRunError.stopping("tick")) { try await service.run("tick") { _ in } }
    }

    @Test func turnsAwayThoseWhoWaitWhenTheHostStops() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("tick", "0 */5 * * * *", runOnStartup: true)])
        world.functions.hold()
        await service.start()
        await world.functions.waitForRuns(1)
        let byHand = Task { try await service.run("tick") { _ in } }
        while await service.waiting.isEmpty { await Task.yield() }
        async let stopped: Void = service.stop()
        await #expect(throws: TimerRunError.stopping("tick")) { try await byHand.value }
        world.functions.release()
        await stopped
    }

    @Test func forgetsACallerThatWentAway() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("tick", "0 */5 * * * *", runOnStartup: true)])
        world.functions.hold()
        await service.start()
        await world.functions.waitForRuns(1)
        let byHand = Task { try await service.run("tick") { _ in } }
        while await service.waiting.isEmpty { await Task.yield() }
        byHand.cancel()
        await #expect(throws: TimerRunError.cancelled("tick")) { try await byHand.value }
        world.functions.release()
        await world.clock.waitForSleepers()
        #expect(await service.timers[0].isIdle)
        await service.stop()
    }

    private static let words: [(TimerRunError, String)] = [
        (.unknown("x"), "There is no timer function 'x'."),
        (.busy("x"), "Timer function 'x' runs, and 16 callers wait for it already. Try again later."),
        (.stopping("x"), "Timer function 'x' was not run because the host stops. Try again when it runs."),
        (.cancelled("x"), "Timer function 'x' was not run because the caller went away."),
    ]

    @Test(arguments: words)
    func saysWhy(_ error: TimerRunError, _ words: String) { #expect(error.description == words) }
}
