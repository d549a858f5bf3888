import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// A host that is drained: the schedule ends, and runs by hand go on.
@Suite struct TimerDrainTests {
    private func drained(_ world: TimerWorld, _ service: TimerService) async {
        await service.stop(acceptsRuns: true)
        world.clock.advance(by: .seconds(600))
    }

    @Test func runsByHandGoOnAndNothingElse() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("tick", "0 */5 * * * *")])
        await service.start()
        let kept = try await world.status(of: "tick")
        await drained(world, service)
        let firing = try await service.run("tick") { $0 }
        #expect(firing.reason == .manual)
        #expect(firing.info == TimerInfo(isPastDue: false, status: kept))
        let overview = try await TimerOverview(service, limit: 1, after: nil)
        #expect(overview.timers.map(\.state) == [.drained])
        #expect(overview.timers.map(\.next) == [nil])
        #expect(overview.lease.owner == nil)
        #expect(world.functions.firings.isEmpty, "What came due is another host's, or past due after the resume.")
        #expect(try await world.status(of: "tick") == kept)
        await service.stop()
        await #expect(throws: TimerRunError.stopping("tick")) { try await service.run("tick") { _ in } }
    }

    @Test func whoWaitsForARunGetsHisTurnInADrain() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("tick", "0 */5 * * * *", runOnStartup: true)])
        world.functions.hold()
        await service.start()
        await world.functions.waitForRuns(1)
        async let early = service.run("tick") { [functions = world.functions] in await functions.run($0) }
        while await service.waiting.isEmpty { await Task.yield() }
        async let drain: Void = service.stop(acceptsRuns: true)
        while await !service.isStopping { await Task.yield() }
        async let late = service.run("tick") { [functions = world.functions] in await functions.run($0) }
        while await service.waiting.count < 2 { await Task.yield() }
        world.functions.release()
        #expect(try await early.succeeded)
        #expect(try await late.succeeded)
        await drain
        #expect(world.functions.firings.map(\.reason) == [.runOnStartup, .manual, .manual])
        #expect(world.functions.runningMax == 1)
        #expect(try await world.history(of: "tick").first == "succeeded run_on_startup 12:00:10")
        await service.stop()
    }

    @Test func aStopEndsTheDrainToo() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("tick", "0 */5 * * * *", runOnStartup: true)])
        world.functions.hold()
        await service.start()
        await world.functions.waitForRuns(1)
        async let drain: Void = service.stop(acceptsRuns: true)
        while await !service.isStopping { await Task.yield() }
        let waits = Task { try await service.run("tick") { _ in } }
        while await service.waiting.isEmpty { await Task.yield() }
        async let stop: Void = service.stop()
        await #expect(throws: TimerRunError.stopping("tick")) { try await waits.value }
        world.functions.release()
        await stop
        await drain
        #expect(world.functions.firings.count == 1)
    }

    @Test func whatWasMissedInADrainIsPastDueAfterTheResume() async throws {
        let world = try TimerWorld()
        let timers = [try TimerDefinition("tick", "0 */5 * * * *")]
        let service = world.service(timers)
        await service.start()
        await drained(world, service)
        _ = try await service.run("tick") { $0 }
        await service.stop()
        let next = world.service(timers)
        await next.start()
        await world.settle(next)
        await next.stop()
        #expect(world.functions.firings.map(\.info.isPastDue) == [true])
        #expect(
            try await world.history(of: "tick") == ["succeeded past_due 12:05:00", "skipped host_stopped 12:10:00"]
        )
    }
}
