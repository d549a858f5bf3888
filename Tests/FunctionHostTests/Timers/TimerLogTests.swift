import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// The log lines of the real host.
@Suite struct TimerLogTests {
    @Test func saysWhatTheRealHostSays() async throws {
        let world = try TimerWorld(now: "2018-11-03T19:00:00Z")
        let pacific = try TimeZoneDirectory().zone(named: "America/Los_Angeles")
        let service = world.service([try TimerDefinition("nightly", "0 30 1 * * *")], zone: pacific)
        await service.start()
        await world.clock.waitForSleepers()
        #expect(world.log.records.allSatisfy { $0.category == "Host.Triggers.Timer" })
        #expect(
            world.log.messages(.debug) == [
                "The 'nightly' timer is using the schedule 'Cron: '0 30 1 * * *'' and the local time zone: "
                    + "'America/Los_Angeles'",
                "Function 'nightly' initial status: Last='(null)', Next='(null)', LastUpdated='(null)'",
                "Timer for 'nightly' started with interval '13:30:00'.",
                "Timer listener started (nightly)",
            ]
        )
        #expect(
            world.log.messages(.information) == [
                """
                The next 5 occurrences of the 'nightly' schedule (Cron: '0 30 1 * * *') will be:
                11/04/2018 01:30:00-07:00 (11/04/2018 08:30:00Z)
                11/05/2018 01:30:00-08:00 (11/05/2018 09:30:00Z)
                11/06/2018 01:30:00-08:00 (11/06/2018 09:30:00Z)
                11/07/2018 01:30:00-08:00 (11/07/2018 09:30:00Z)
                11/08/2018 01:30:00-08:00 (11/08/2018 09:30:00Z)
                """
            ]
        )
        await service.stop()

        world.clock.advance(by: .seconds(86_400))
        let after = world.service([try TimerDefinition("nightly", "0 30 1 * * *")], zone: pacific)
        await after.start()
        await world.functions.waitForRuns(1)
        await world.clock.waitForSleepers()
        await after.stop()
        let debug = world.log.messages(.debug)
        #expect(
            debug.contains(
                "Function 'nightly' initial status: Last='0001-01-01T00:00:00.0000000-07:00', "
                    + "Next='2018-11-04T01:30:00.0000000-07:00', LastUpdated='2018-11-03T12:00:00.0000000-07:00'"
            )
        )
        #expect(
            debug.contains(
                "Function 'nightly' updated status: Last='2018-11-04T11:00:00.0000000-08:00', "
                    + "Next='2018-11-05T01:30:00.0000000-08:00', LastUpdated='2018-11-04T11:00:00.0000000-08:00'"
            )
        )
        #expect(
            world.log.messages(.information).contains("Function 'nightly' is past due on startup. Executing now.")
        )
        #expect(
            world.functions.firings.first?.reasonLines(in: pacific) == [
                "Timer fired at 2018-11-04T11:00:00.0000000-08:00",
                "Trigger Details: UnscheduledInvocationReason: IsPastDue, "
                    + "OriginalSchedule: 2018-11-04T01:30:00.0000000-07:00",
            ]
        )
    }

    @Test func saysThatAFastTimerKeepsNothing() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("fast", "00:00:30", runOnStartup: true)])
        await service.start()
        await world.functions.waitForRuns(1)
        await world.clock.waitForSleepers()
        await service.stop()
        #expect(world.log.messages(.debug).first == "UseMonitor changed to false based on schedule frequency.")
        #expect(!world.log.text.contains("initial status"))
        #expect(
            world.log.messages(.information) == [
                """
                The next 5 occurrences of the 'fast' schedule (Constant: 00:00:30) will be:
                11/20/2026 12:00:40Z
                11/20/2026 12:01:10Z
                11/20/2026 12:01:40Z
                11/20/2026 12:02:10Z
                11/20/2026 12:02:40Z
                """,
                "Function 'fast' is configured to run on startup. Executing now.",
            ]
        )
        #expect(try await world.status(of: "fast") == nil)
    }
}
