import FoundationEssentials
import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// What the admin API tells of timers.
@Suite struct TimerViewTests {
    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test func tellsHowEachTimerStands() async throws {
        let world = try TimerWorld(now: "2018-11-03T19:00:00Z")
        let pacific = try TimeZoneDirectory().zone(named: "America/Los_Angeles")
        let service = world.service(
            [
                try TimerDefinition("waits", "0 30 1 * * *"),
                try TimerDefinition("off", "0 30 1 * * *", isDisabled: true, missed: .all),
                try TimerDefinition("never", "0 0 0 30 2 *", runOnStartup: false),
                try TimerDefinition("fast", "00:00:30", missed: .skip),
            ],
            zone: pacific
        )
        await service.start()
        await world.settle(service)
        let overview = try await TimerOverview(service, limit: 10, after: nil)
        #expect(overview.timers.map(\.name) == ["fast", "never", "off", "waits"])
        #expect(overview.timers.map(\.state) == [.waiting, .ended, .disabled, .waiting])
        #expect(overview.timers.map(\.missed) == [.skip, .once, .all, .once])
        #expect(overview.timers.map(\.isMonitored) == [false, true, false, true])
        #expect(overview.nextCursor == nil)
        #expect(try json(overview.lease) == #"{"fence":1,"is_this_host":true,"owner":"host-1"}"#)
        // The status as the real host would store it.
        #expect(
            try json(overview.timers[3])
                == #"{"is_monitored":true,"missed":"once","name":"waits","next":"2018-11-04T08:30:00.000Z","#
                + #""run_on_startup":false,"schedule":"Cron: '0 30 1 * * *'","state":"waiting","#
                + #""status":{"Last":"0001-01-01T00:00:00.0000000-07:00","#
                + #""LastUpdated":"2018-11-03T12:00:00.0000000-07:00","Next":"2018-11-04T01:30:00.0000000-07:00"}}"#
        )
        let first = try await TimerOverview(service, limit: 3, after: nil)
        #expect(first.nextCursor == "off")
        #expect(try await TimerOverview(service, limit: 3, after: "off").timers.map(\.name) == ["waits"])
        await service.stop()
    }

    @Test func tellsOfARunAndOfWhatCameLast() async throws {
        let world = try TimerWorld()
        world.functions.fail()
        let service = world.service([try TimerDefinition("tick", "0 */5 * * * *", runOnStartup: true)])
        await service.start()
        await world.settle(service)
        world.functions.hold()
        world.clock.advance(by: .seconds(300))
        await world.settle(service)
        let timer = try #require(try await TimerOverview(service, limit: 1, after: nil).timers.first)
        #expect(timer.state == .running)
        #expect(timer.next == nil)
        #expect(
            try json(timer.latest)
                == #"{"at":"2026-11-20T12:00:10.000Z","count":1,"duration_ms":0,"error":"It broke.","host":"host-1","#
                + #""number":1,"outcome":"failed","reason":"run_on_startup","started_at":"2026-11-20T12:00:10.000Z"}"#
        )
        world.functions.release()
        await world.settle(service)
        await service.stop()
    }

    @Test func aHostThatStandsBySaysWhoFires() async throws {
        let world = try TimerWorld()
        let timers = [try TimerDefinition("tick", "0 */5 * * * *")]
        let first = world.service(timers, lease: LeasePolicy(.shared), host: "host-1")
        await first.start()
        let second = world.service(timers, lease: LeasePolicy(.shared), host: "host-2")
        await second.start()
        let overview = try await TimerOverview(second, limit: 10, after: nil)
        #expect(overview.timers.map(\.state) == [.standby])
        #expect(overview.lease.owner == "host-1")
        #expect(!overview.lease.isThisHost)
        #expect(
            world.log.messages(.information).contains(
                "Host 'host-1' fires the timers. This one takes over when it stops, or has not renewed its lease for "
                    + "00:01:00."
            )
        )
        await second.stop()
        await first.stop()
    }
}
