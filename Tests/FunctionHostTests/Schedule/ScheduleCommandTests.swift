import FunctionHost
import FunctionKit
import Testing

/// The words of `postern schedule`.
@Suite struct ScheduleCommandTests {
    private static let printsRows: [([String], String)] = [
        (
            ["0 */5 * * * *", "--from", "2026-11-20T12:14:00Z", "--count", "2"],
            "2026-11-20T12:15:00Z\n2026-11-20T12:20:00Z\n"
        ),
        (["--count=1", "--from=2003-01-01T00:00:00Z", "* * * * *"], "2003-01-01T00:01:00Z\n"),
        // From now, five times.
        (
            ["6:00"],
            "2026-11-20T18:00:00Z\n2026-11-21T00:00:00Z\n2026-11-21T06:00:00Z\n2026-11-21T12:00:00Z\n2026-11-21T18:00:00Z\n"
        ),
        (
            [
                "0 30 1 * * *", "--from", "2018-11-03T12:00:00-07:00", "--count", "2", "--time-zone",
                "America/Los_Angeles",
            ],
            "2018-11-04T01:30:00-07:00\n2018-11-05T01:30:00-08:00\n"
        ),
        (["0 0 * * *", "--time-zone", "Europe/London", "--count", "1"], "2026-11-21T00:00:00+00:00\n"),
        (["0 0 * * *", "--time-zone", "Etc/UTC", "--count", "1"], "2026-11-21T00:00:00Z\n"),
        (["00:00:01", "--from", "2026-01-01T00:00:00.250Z", "--count", "1"], "2026-01-01T00:00:01.250Z\n"),
        // Local mean time has odd seconds.
        (
            ["0 0 * * *", "--from", "1800-01-01T00:00:00Z", "--time-zone", "Europe/Berlin", "--count", "1"],
            "1800-01-01T23:06:32Z\n"
        ),
        (["0 0 30 2 *"], ""),
        (["--", "0 0 30 2 *"], ""),
        (
            ["0 0 * * *", "--time-zone", "India Standard Time", "--count", "1"],
            "2026-11-21T00:00:00+05:30\n"
        ),
        (
            ["10-40/15 * * * *", "--json", "--from", "2026-01-01T00:00:00Z", "--count", "2"],
            #"{"canonical": "10,25,40 * * * *", "interval": true, "occurrences": ["2026-01-01T00:10:00Z", "2026-01-01T00:25:00Z"]}"#
                + "\n"
        ),
        (["0 0 30 2 *", "--json"], #"{"canonical": "0 0 30 2 *", "interval": false, "occurrences": []}"# + "\n"),
        (
            ["0:5", "--json", "--count", "1"],
            #"{"canonical": "00:05:00", "interval": false, "occurrences": ["2026-11-20T12:05:00Z"]}"# + "\n"
        ),
        (["--help"], ScheduleCommand.usage),
    ]

    @Test(arguments: printsRows)
    func prints(_ arguments: [String], _ output: String) {
        #expect(command().run(arguments) == .init(exitCode: 0, output: output))
    }

    private static let refusesRows: [([String], String)] = [
        ([], "Which schedule? Give one expression, such as '0 */5 * * * *'."),
        (["0", "*", "*", "*", "*"], "Give one expression, not 5; put quotes around it: '0 */5 * * * *'."),
        (
            ["* * bad * *"],
            "The schedule expression '* * bad * *' was not recognized as a valid cron expression or timespan string. "
                + "The day field has 'bad'; write 1 to 31."
        ),
        (
            ["-5 * * * *"],
            "The schedule expression '-5 * * * *' was not recognized as a valid cron expression or timespan string. "
                + "The minute field has '-5'; write 0 to 59."
        ),
        (["0 0 * * *", "--from", "yesterday"], Self.notATime("yesterday")),
        (["0 0 * * *", "--from", "2026-11-20T12:14:00"], Self.notATime("2026-11-20T12:14:00")),
        (["0 0 * * *", "--from", "2026-02-30T00:00:00Z"], Self.notATime("2026-02-30T00:00:00Z")),
        (["0 0 * * *", "--from"], "--from needs a value."),
        (["0 0 * * *", "--count", "0"], "--count '0' is not a number from 1 to 10000."),
        (["0 0 * * *", "--count", "10001"], "--count '10001' is not a number from 1 to 10000."),
        (["0 0 * * *", "--count", "many"], "--count 'many' is not a number from 1 to 10000."),
        (["0 0 * * *", "--json=yes"], "--json takes no value."),
        (["0 0 * * *", "--zone", "UTC"], "There is no option '--zone'. See postern schedule --help."),
        (
            ["0 0 * * *", "--time-zone", "../etc/passwd"],
            "'../etc/passwd' is neither an IANA nor a Windows time zone name. Use one such as Europe/Berlin or UTC."
        ),
    ]

    @Test(arguments: refusesRows)
    func refuses(_ arguments: [String], _ message: String) {
        #expect(
            command().run(arguments) == .init(exitCode: 64, errorOutput: "postern schedule: \(message)\n")
        )
    }

    private static func notATime(_ text: String) -> String {
        "--from '\(text)' is not an RFC 3339 time; write one such as 2026-11-20T12:14:00Z."
    }

    @Test func takesTheZoneOfTheEnvironment() {
        let outcome = command(["WEBSITE_TIME_ZONE": "Asia/Tokyo"]).run(["0 0 * * *", "--count", "1"])
        #expect(outcome == .init(exitCode: 0, output: "2026-11-21T00:00:00+09:00\n"))
        let named = command(["TZ": "Nowhere"]).run(["0 0 * * *", "--count", "1", "--time-zone", "UTC"])
        #expect(named == .init(exitCode: 0, output: "2026-11-21T00:00:00Z\n"))
        let broken = command(["TZ": "Nowhere"]).run(["0 0 * * *"])
        #expect(broken.exitCode == 78)
        #expect(broken.errorOutput.hasPrefix("postern schedule: TZ: Time zone 'Nowhere' is not in"))
    }

    @Test func printsAsManyAsAllowed() {
        let outcome = command().run(["* * * * * *", "--count", "10000"])
        #expect(outcome.output.utf8.count { $0 == UInt8(ascii: "\n") } == 10_000)
    }

    private func command(_ environment: [String: String] = [:]) -> ScheduleCommand {
        ScheduleCommand(now: Timestamp(seconds: 1_795_176_000), environment: { environment[$0] })
    }
}
