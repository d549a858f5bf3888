import FunctionHost
import FunctionKit
import Testing

/// The corners of the calendar, in UTC.
@Suite struct ScheduleOccurrenceTests {
    private static let findsTheNextOccurrenceRows: [(String, String, String)] = [
        ("2026-01-01T00:00:00.999Z", "* * * * * *", "2026-01-01T00:00:01Z"),
        ("1969-12-31T23:59:59.500Z", "* * * * * *", "1970-01-01T00:00:00Z"),
        ("1969-12-31T23:59:58.500Z", "* * * * * *", "1969-12-31T23:59:59Z"),
        ("2026-01-01T00:00:00Z", "0 0 0 31 * *", "2026-01-31T00:00:00Z"),
        ("2026-01-31T00:00:00Z", "0 0 0 31 * *", "2026-03-31T00:00:00Z"),
        ("2026-03-01T00:00:00Z", "0 0 0 29 2 *", "2028-02-29T00:00:00Z"),
        ("2096-03-01T00:00:00Z", "0 0 0 29 2 *", "2104-02-29T00:00:00Z"),
        // 29 February is a Monday every 28 years, but 40 around 2100, which has none.
        ("2072-03-01T00:00:00Z", "0 0 0 29 2 1", "2112-02-29T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "0 0 0 13 * 5", "2026-02-13T00:00:00Z"),
        ("2026-12-31T23:59:59Z", "0 0 0 1 1 *", "2027-01-01T00:00:00Z"),
        ("9999-12-31T23:59:58Z", "* * * * * *", "9999-12-31T23:59:59Z"),
        ("2026-01-01T10:20:30Z", "15 20 10 * * *", "2026-01-02T10:20:15Z"),
        ("2026-01-01T10:20:30Z", "15 21 10 * * *", "2026-01-01T10:21:15Z"),
        ("2026-01-01T23:59:59Z", "0 0 0 * * 6", "2026-01-03T00:00:00Z"),
        ("2026-01-01T12:00:00.250Z", "00:00:01.5", "2026-01-01T12:00:01.750Z"),
        ("2026-01-01T12:00:00Z", "24:00:00", "2026-01-25T12:00:00Z"),
    ]

    @Test(arguments: findsTheNextOccurrenceRows)
    func findsTheNextOccurrence(_ from: String, _ expression: String, _ expected: String) throws {
        let from = try #require(Timestamp(from))
        let next = try Schedule(parsing: expression).next(after: from, in: .utc)
        let moment = try #require(Timestamp(expected))
        #expect(next == moment)
    }

    private static let neverFiresRows: [(String, String)] = [
        ("2026-01-01T00:00:00Z", "0 0 0 30 2 *"),
        ("2026-01-01T00:00:00Z", "0 0 0 31 2,4,6,9,11 *"),
        ("9999-12-31T23:59:59Z", "* * * * * *"),
        ("9999-01-02T00:00:00Z", "0 0 0 1 1 *"),
        ("9999-12-31T00:00:00Z", "10.00:00:00"),
        ("2026-01-01T00:00:00Z", "10675199"),
    ]

    @Test(arguments: neverFiresRows)
    func neverFires(_ from: String, _ expression: String) throws {
        let from = try #require(Timestamp(from))
        #expect(try Schedule(parsing: expression).next(after: from, in: .utc) == nil)
        #expect(try Schedule(parsing: expression).occurrences(after: from, in: .utc, count: 5).isEmpty)
    }

    /// Each occurrence matches the expression by a second, slower reading of it, and none between two of them was left out.
    @Test(arguments: ["*/7 13-15 */5 * * *", "0 0 */6 13-19 * 2,4", "59 59 23 28-31 1-3 *", "1/13 2/17 3/5 4/7 * *"])
    func leavesNoOccurrenceOut(_ expression: String) throws {
        let fields = expression.split(separator: " ").map(String.init)
        let schedule = try Schedule(parsing: expression)
        var moment = try #require(Timestamp("2027-12-20T20:00:00Z"))
        let found = Set(
            schedule.occurrences(after: moment, in: .utc, count: 2000).prefix {
                $0.seconds < moment.seconds + 150_000
            }
        )
        for _ in 0..<150_000 {
            moment = Timestamp(seconds: moment.seconds + 1)
            if found.count == 2000, let last = found.max(), moment > last { break }
            let time = CivilTime(secondsSinceEpoch: moment.seconds)
            let values = [time.second, time.minute, time.hour, time.day, time.month, time.dayOfWeek]
            let maxima = [59, 59, 23, 31, 12, 6]
            let matches = zip(fields, zip(values, maxima)).allSatisfy { matchesSlowly($0, $1.0, max: $1.1) }
            guard matches == found.contains(moment) else {
                Issue.record("\(expression) at \(moment): \(matches) by the slow reading")
                return
            }
        }
    }

    private func matchesSlowly(_ field: String, _ value: Int, max: Int) -> Bool {
        field.split(separator: ",").contains { element in
            let halves = element.split(separator: "/")
            let step = halves.count > 1 ? Int(halves[1]) ?? 0 : 1
            let bounds = halves[0].split(separator: "-").compactMap { Int($0) }
            guard let first = bounds.first else { return value % step == (max > 23 && max < 59 ? 1 % step : 0) }
            let last = bounds.count > 1 ? bounds[1] : halves.count > 1 ? max : first
            return value >= first && value <= last && (value - first) % step == 0
        }
    }
}
