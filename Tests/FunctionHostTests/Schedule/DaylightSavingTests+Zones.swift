import FunctionHost
import FunctionKit
import Testing

/// The same rules in zones whose clocks change in other ways. The times are those of `scripts/compare-schedules`, which reads
/// expressions and zones on its own.
extension DaylightSavingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var zone: String
        var expression: String
        var from: String
        var expected: [String]

        var testDescription: String { "\(expression) after \(from) in \(zone)" }
    }

    private static let zoneRows: [Row] = [
        .init(
            zone: "Europe/Berlin",
            expression: "0 30 2 * * *",
            from: "2026-03-28T00:00:00Z",
            expected: ["2026-03-28T02:30:00+01:00", "2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00"]
        ),
        .init(
            zone: "Europe/Berlin",
            expression: "0 30 2 * * *",
            from: "2026-10-24T00:00:00Z",
            expected: ["2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]
        ),
        .init(
            zone: "Europe/Berlin",
            expression: "0 */30 * * * *",
            from: "2026-10-24T23:45:00Z",
            expected: [
                "2026-10-25T02:00:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00",
                "2026-10-25T02:30:00+01:00", "2026-10-25T03:00:00+01:00", "2026-10-25T03:30:00+01:00",
            ]
        ),
        .init(
            zone: "Europe/Berlin",
            expression: "0 0 3 * * *",
            from: "2026-03-28T12:00:00Z",
            expected: ["2026-03-29T03:00:00+02:00", "2026-03-30T03:00:00+02:00"]
        ),
        .init(
            zone: "Australia/Lord_Howe",
            expression: "0 45 1 * * *",
            from: "2026-04-03T00:00:00Z",
            expected: [
                "2026-04-04T01:45:00+11:00", "2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30",
                "2026-04-07T01:45:00+10:30",
            ]
        ),
        .init(
            zone: "Australia/Lord_Howe",
            expression: "0 */15 * * * *",
            from: "2026-04-04T14:15:00Z",
            expected: [
                "2026-04-05T01:30:00+11:00", "2026-04-05T01:45:00+11:00", "2026-04-05T01:30:00+10:30",
                "2026-04-05T01:45:00+10:30", "2026-04-05T02:00:00+10:30", "2026-04-05T02:15:00+10:30",
            ]
        ),
        .init(
            zone: "Australia/Lord_Howe",
            expression: "0 15 2 * * *",
            from: "2026-10-02T00:00:00Z",
            expected: [
                "2026-10-03T02:15:00+10:30", "2026-10-04T02:45:00+11:00", "2026-10-05T02:15:00+11:00",
                "2026-10-06T02:15:00+11:00",
            ]
        ),
        .init(
            zone: "Australia/Lord_Howe",
            expression: "0 */15 * * * *",
            from: "2026-10-03T15:10:00Z",
            expected: [
                "2026-10-04T01:45:00+10:30", "2026-10-04T02:30:00+11:00", "2026-10-04T02:45:00+11:00",
                "2026-10-04T03:00:00+11:00", "2026-10-04T03:15:00+11:00",
            ]
        ),
        .init(
            zone: "America/St_Johns",
            expression: "0 1 0 * * *",
            from: "2006-04-01T00:00:00Z",
            expected: ["2006-04-01T00:01:00-03:30", "2006-04-02T01:01:00-02:30", "2006-04-03T00:01:00-02:30"]
        ),
        .init(
            zone: "America/St_Johns",
            expression: "0 30 0 * * *",
            from: "2006-10-28T12:00:00Z",
            expected: ["2006-10-29T00:30:00-03:30", "2006-10-30T00:30:00-03:30", "2006-10-31T00:30:00-03:30"]
        ),
        .init(
            zone: "America/St_Johns",
            expression: "0 */20 * * * *",
            from: "2006-10-29T02:10:00Z",
            expected: [
                "2006-10-29T00:00:00-02:30", "2006-10-28T23:20:00-03:30", "2006-10-28T23:40:00-03:30",
                "2006-10-29T00:00:00-03:30", "2006-10-29T00:20:00-03:30", "2006-10-29T00:40:00-03:30",
            ]
        ),
        .init(
            zone: "Asia/Kathmandu",
            expression: "0 0 0 * * *",
            from: "1985-12-31T00:00:00Z",
            expected: ["1986-01-01T00:15:00+05:45", "1986-01-02T00:00:00+05:45", "1986-01-03T00:00:00+05:45"]
        ),
        .init(
            zone: "Asia/Kathmandu",
            expression: "0 5 0 * * *",
            from: "1985-12-31T00:00:00Z",
            expected: ["1986-01-01T00:20:00+05:45", "1986-01-02T00:05:00+05:45", "1986-01-03T00:05:00+05:45"]
        ),
        .init(
            zone: "Africa/Casablanca",
            expression: "0 30 2 * * *",
            from: "2026-02-13T12:00:00Z",
            expected: ["2026-02-14T02:30:00+01:00", "2026-02-15T02:30:00+01:00", "2026-02-16T02:30:00+00:00"]
        ),
        .init(
            zone: "Africa/Casablanca",
            expression: "0 30 2 * * *",
            from: "2026-03-20T12:00:00Z",
            expected: [
                "2026-03-21T02:30:00+00:00", "2026-03-22T03:30:00+01:00", "2026-03-23T02:30:00+01:00",
                "2026-03-24T02:30:00+01:00",
            ]
        ),
        .init(
            zone: "Africa/Casablanca",
            expression: "0 */30 * * * *",
            from: "2026-02-15T01:15:00Z",
            expected: [
                "2026-02-15T02:30:00+01:00", "2026-02-15T02:00:00+00:00", "2026-02-15T02:30:00+00:00",
                "2026-02-15T03:00:00+00:00", "2026-02-15T03:30:00+00:00", "2026-02-15T04:00:00+00:00",
            ]
        ),
        .init(
            zone: "Pacific/Apia",
            expression: "0 0 12 * * *",
            from: "2011-12-28T00:00:00Z",
            expected: [
                "2011-12-28T12:00:00-10:00", "2011-12-29T12:00:00-10:00", "2011-12-31T12:00:00+14:00",
                "2012-01-01T12:00:00+14:00",
            ]
        ),
        .init(
            zone: "Pacific/Apia",
            expression: "0 0 */6 30 * *",
            from: "2011-12-29T00:00:00Z",
            expected: [
                "2011-12-31T00:00:00+14:00", "2012-01-30T00:00:00+14:00", "2012-01-30T06:00:00+14:00",
                "2012-01-30T12:00:00+14:00",
            ]
        ),
        .init(
            zone: "Pacific/Apia",
            expression: "0 0 */8 * * *",
            from: "2011-12-29T18:00:00Z",
            expected: [
                "2011-12-29T16:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T08:00:00+14:00",
                "2011-12-31T16:00:00+14:00", "2012-01-01T00:00:00+14:00", "2012-01-01T08:00:00+14:00",
            ]
        ),
        .init(
            zone: "Europe/Dublin",
            expression: "0 30 1 * * *",
            from: "2026-03-28T12:00:00Z",
            expected: ["2026-03-29T02:30:00+01:00", "2026-03-30T01:30:00+01:00", "2026-03-31T01:30:00+01:00"]
        ),
        .init(
            zone: "Europe/Dublin",
            expression: "0 30 1 * * *",
            from: "2026-10-24T12:00:00Z",
            expected: ["2026-10-25T01:30:00+01:00", "2026-10-26T01:30:00+00:00", "2026-10-27T01:30:00+00:00"]
        ),
        .init(
            zone: "Europe/Dublin",
            expression: "0 */30 * * * *",
            from: "2026-10-24T23:45:00Z",
            expected: [
                "2026-10-25T01:00:00+01:00", "2026-10-25T01:30:00+01:00", "2026-10-25T01:00:00+00:00",
                "2026-10-25T01:30:00+00:00", "2026-10-25T02:00:00+00:00", "2026-10-25T02:30:00+00:00",
            ]
        ),
        .init(
            zone: "America/Sao_Paulo",
            expression: "0 0 0 * * *",
            from: "2018-11-03T12:00:00Z",
            expected: ["2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00", "2018-11-06T00:00:00-02:00"]
        ),
        .init(
            zone: "America/Sao_Paulo",
            expression: "0 30 0 4 11 *",
            from: "2018-01-01T00:00:00Z",
            expected: ["2018-11-04T01:30:00-02:00", "2019-11-04T00:30:00-03:00"]
        ),
        .init(
            zone: "America/Sao_Paulo",
            expression: "0 30 23 * * *",
            from: "2018-02-17T00:00:00Z",
            expected: ["2018-02-16T23:30:00-02:00", "2018-02-17T23:30:00-02:00", "2018-02-18T23:30:00-03:00"]
        ),
        .init(
            zone: "America/Sao_Paulo",
            expression: "0 */30 * * * *",
            from: "2018-02-18T01:15:00Z",
            expected: [
                "2018-02-17T23:30:00-02:00", "2018-02-17T23:00:00-03:00", "2018-02-17T23:30:00-03:00",
                "2018-02-18T00:00:00-03:00", "2018-02-18T00:30:00-03:00", "2018-02-18T01:00:00-03:00",
            ]
        ),
        .init(
            zone: "Pacific/Chatham",
            expression: "0 15 3 * * *",
            from: "2026-04-03T12:00:00Z",
            expected: ["2026-04-04T03:15:00+13:45", "2026-04-05T03:15:00+13:45", "2026-04-06T03:15:00+12:45"]
        ),
        .init(
            zone: "Antarctica/Troll",
            expression: "0 30 1 * * *",
            from: "2026-10-23T12:00:00Z",
            expected: [
                "2026-10-24T01:30:00+02:00", "2026-10-25T01:30:00+02:00", "2026-10-26T01:30:00+00:00",
                "2026-10-27T01:30:00+00:00",
            ]
        ),
        .init(
            zone: "Antarctica/Troll",
            expression: "0 30 1 * * *",
            from: "2026-03-27T12:00:00Z",
            expected: [
                "2026-03-28T01:30:00+00:00", "2026-03-29T03:30:00+02:00", "2026-03-30T01:30:00+02:00",
                "2026-03-31T01:30:00+02:00",
            ]
        ),
        .init(
            zone: "America/Havana",
            expression: "0 0 0 * * *",
            from: "2026-03-07T12:00:00Z",
            expected: ["2026-03-08T01:00:00-04:00", "2026-03-09T00:00:00-04:00", "2026-03-10T00:00:00-04:00"]
        ),
        .init(
            zone: "America/Los_Angeles",
            expression: "0 0 9-17 * * *",
            from: "2018-11-04T08:10:00Z",
            expected: ["2018-11-04T08:00:00-08:00", "2018-11-04T09:00:00-08:00"]
        ),
        .init(
            zone: "America/Los_Angeles",
            expression: "0 0 9 * * *",
            from: "2018-11-04T08:10:00Z",
            expected: ["2018-11-04T09:00:00-08:00", "2018-11-05T09:00:00-08:00"]
        ),
        .init(
            zone: "America/Los_Angeles",
            expression: "0 0 9-17 * * *",
            from: "2018-11-04T09:10:00Z",
            expected: ["2018-11-04T09:00:00-08:00", "2018-11-04T10:00:00-08:00"]
        ),
        .init(
            zone: "America/Los_Angeles",
            expression: "0 30 1 4 11 *",
            from: "2018-07-01T00:00:00Z",
            expected: ["2018-11-04T01:30:00-07:00", "2019-11-04T01:30:00-08:00"]
        ),
        .init(
            zone: "America/Los_Angeles",
            expression: "0 30 1 4 11 *",
            from: "2018-01-15T00:00:00Z",
            expected: ["2019-11-04T01:30:00-08:00"]
        ),
        .init(
            zone: "America/Los_Angeles",
            expression: "0 * 1 4 11 *",
            from: "2018-01-15T00:00:00Z",
            expected: ["2018-11-04T01:00:00-08:00"]
        ),
        .init(
            zone: "America/Los_Angeles",
            expression: "0 0-30 2 11 3 *",
            from: "2017-11-05T09:10:00Z",
            expected: ["2018-03-11T04:00:00-07:00"]
        ),
    ]

    @Test(arguments: zoneRows)
    func followsEveryZone(_ row: Row) throws {
        let zone = try TimeZoneDirectory().zone(named: row.zone)
        let from = try #require(Timestamp(row.from))
        let found = try Schedule(parsing: row.expression).occurrences(after: from, in: zone, count: row.expected.count)
        #expect(found.map(ZonedTimeText(zone: zone).rfc3339) == row.expected)
    }
}
