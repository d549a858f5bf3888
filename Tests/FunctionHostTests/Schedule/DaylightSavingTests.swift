import FunctionHost
import FunctionKit
import Testing

/// The real host's rules where the clock changes, in Pacific time of 2018 (section 4.4).
@Suite struct DaylightSavingTests {
    private let pacific: TimeZoneRules

    init() throws { pacific = try TimeZoneDirectory().zone(named: "America/Los_Angeles") }

    private static let waitsRows: [(String, String, Int64)] = [
        ("2018-11-04T01:31:00-07:00", "0 30 * * * *", 59),
        ("2018-11-04T01:59:00-07:00", "0 * * * * *", 1),
        ("2018-11-04T01:30:00-07:00", "0 * * * * *", 1),
        ("2018-11-04T01:45:00-07:00", "0 0,30 1-2 * * *", 15),
        ("2018-11-04T01:45:00-08:00", "0 0,30 1-3 * * *", 15),
        ("2018-11-04T01:30:00-07:00", "0 * 1-3 * * *", 1),
        ("2018-11-04T00:59:00-07:00", "0 * * * * *", 1),
        ("2018-11-04T01:31:00-08:00", "0 30 * * * *", 59),
        ("2018-11-02T18:00:00-07:00", "0 0 18 * * 5", 169 * 60),
        ("2018-11-04T01:30:00-07:00", "0 30 1 * * *", 25 * 60),
        ("2018-11-04T00:30:00-07:00", "0 30 1 * * *", 60),
        ("2018-11-04T01:29:00-07:00", "0 30 1 * * *", 1),
        ("2018-11-04T01:29:00-08:00", "0 30 1 * * *", 24 * 60 + 1),
        ("2018-11-04T01:31:00-07:00", "0 30 1 * * *", 24 * 60 + 59),
        ("2018-03-09T18:00:00-08:00", "0 0 18 * * 5", 167 * 60),
        ("2018-03-09T18:00:00-08:00", "7.00:00:00", 168 * 60),
        ("2018-03-11T01:59:00-08:00", "0 59 * * * *", 60),
        ("2018-11-04T00:30:00-07:00", "01:00:00", 60),
    ]

    @Test(arguments: waitsRows)
    func waits(_ from: String, _ expression: String, _ minutes: Int64) throws {
        let from = try #require(Timestamp(from))
        let next = try #require(try Schedule(parsing: expression).next(after: from, in: pacific))
        #expect(next - from == .seconds(minutes * 60))
    }

    private static let runsThroughRows: [(String, String, [String])] = [
        (
            "0 30 * * * *", "2018-03-11T00:00:00-08:00",
            [
                "2018-03-11T00:30:00-08:00", "2018-03-11T01:30:00-08:00", "2018-03-11T03:30:00-07:00",
                "2018-03-11T04:30:00-07:00", "2018-03-11T05:30:00-07:00",
            ]
        ),
        (
            "0 30 * * * *", "2018-11-04T00:00:00-07:00",
            [
                "2018-11-04T00:30:00-07:00", "2018-11-04T01:30:00-07:00", "2018-11-04T01:30:00-08:00",
                "2018-11-04T02:30:00-08:00", "2018-11-04T03:30:00-08:00",
            ]
        ),
        (
            "0 */20 * * * *", "2018-11-04T00:30:00-07:00",
            [
                "2018-11-04T00:40:00-07:00", "2018-11-04T01:00:00-07:00", "2018-11-04T01:20:00-07:00",
                "2018-11-04T01:40:00-07:00", "2018-11-04T01:00:00-08:00", "2018-11-04T01:20:00-08:00",
                "2018-11-04T01:40:00-08:00", "2018-11-04T02:00:00-08:00", "2018-11-04T02:20:00-08:00",
            ]
        ),
        (
            "0 30 1 * * *", "2018-11-03T00:00:00-07:00",
            ["2018-11-03T01:30:00-07:00", "2018-11-04T01:30:00-07:00", "2018-11-05T01:30:00-08:00"]
        ),
        (
            "0 30 2 * * *", "2018-03-10T00:00:00-08:00",
            ["2018-03-10T02:30:00-08:00", "2018-03-11T03:30:00-07:00", "2018-03-12T02:30:00-07:00"]
        ),
        // A yearly point in time in the repeated hour, asked for in winter, is passed over that year.
        (
            "0 30 1 4 11 *", "2018-01-15T00:00:00-08:00",
            ["2019-11-04T01:30:00-08:00"]
        ),
        // The blind shift of an interval asked for within the repeated hour.
        (
            "0 0 9-17 * * *", "2018-11-04T01:10:00-07:00",
            ["2018-11-04T08:00:00-08:00", "2018-11-04T09:00:00-08:00"]
        ),
    ]

    @Test(arguments: runsThroughRows)
    func runsThrough(_ expression: String, _ from: String, _ expected: [String]) throws {
        let from = try #require(Timestamp(from))
        let schedule = try Schedule(parsing: expression)
        let found = schedule.occurrences(after: from, in: pacific, count: expected.count)
        #expect(found.map(ZonedTimeText(zone: pacific).rfc3339) == expected)
    }

    /// Wherever a clock changes, times only go forward.
    private static let onlyGoesForwardRows: [String] = [
        "America/Los_Angeles", "Europe/Dublin", "Africa/Casablanca", "Australia/Lord_Howe", "America/Nuuk", "Asia/Gaza",
        "Pacific/Apia", "Antarctica/Troll", "America/St_Johns",
    ]

    @Test(arguments: onlyGoesForwardRows)
    func onlyGoesForward(_ name: String) throws {
        let zone = try TimeZoneDirectory().zone(named: name)
        let starts = ["2011-03-26T00:00:00Z", "2011-12-29T00:00:00Z", "2026-10-24T00:00:00Z", "2026-03-28T00:00:00Z"]
        for expression in ["0 */40 * * * *", "0 30 1,2 * * *", "0 15 0-3 * * *", "0 30 2 1-7 * 0"] {
            let schedule = try Schedule(parsing: expression)
            for start in starts {
                let start = try #require(Timestamp(start))
                let found = schedule.occurrences(after: start, in: zone, count: 300)
                #expect(found.count == 300)
                #expect(zip([start] + found, found).allSatisfy { $0 < $1 }, "\(expression)")
            }
        }
    }
}
