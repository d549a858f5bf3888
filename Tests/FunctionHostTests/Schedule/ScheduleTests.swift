import FunctionHost
import FunctionKit
import Testing

/// The grammar: what is read, how it is shown, what is refused and with which words.
@Suite struct ScheduleTests {
    @Test(arguments: NCrontabVectors.next + NCrontabVectors.random)
    func nextMatchesNCrontab(_ row: NCrontabVectors.Next) throws {
        let from = try #require(Timestamp(row.from))
        let next = try Schedule(parsing: row.schedule).next(after: from, in: .utc)
        #expect(next?.wholeSecondsText == row.next)
    }

    @Test(arguments: NCrontabVectors.invalid)
    func refusesWhatNCrontabRefuses(_ expression: String) {
        #expect(throws: ScheduleError.self) { try Schedule(parsing: expression) }
    }

    private static let showsCanonicalTextRows: [(String, String)] =
        NCrontabVectors.canonical + [
            ("* * * * *", "* * * * *"),
            ("* * * * * *", "* * * * * *"),
            ("0 */30 1 * * *", "0 0,30 1 * * *"),
            ("0 0,1 1 * * *", "0 0-1 1 * * *"),
            ("0 0 0 * Mar,Jan,Aug *", "0 0 0 * 1,3,8 *"),
            ("0 0 0 * J *", "0 0 0 * 1 *"),
            ("0 0 0 * Ju,M,D *", "0 0 0 * 3,6,12 *"),
            ("0 0 0 * Sept-nov *", "0 0 0 * 9-11 *"),
            ("0 0 0 * * T,S", "0 0 0 * * 0,2"),
            ("0 0 0 * * mon-FRI", "0 0 0 * * 1-5"),
            ("0 0 0 * * fri-mon", "0 0 0 * * 1-5"),
            ("0 0 0 * * thu/2", "0 0 0 * * 4,6"),
            ("0 0 0 31-1 * *", "0 0 0 * * *"),
            ("0 0 5-3/2 * * *", "0 0 3,5 * * *"),
            ("0 2/5 * * * *", "0 2,7,12,17,22,27,32,37,42,47,52,57 * * * *"),
            ("0 7/0 23/9 * * *", "0 7-59 23 * * *"),
            ("0 */0 * * * *", "0 * * * * *"),
            ("0 */-3 * * * *", "0 * * * * *"),
            ("0 10-12/+1 * * * *", "0 10-12 * * * *"),
            ("0 */99 */100 * * *", "0 0 0 * * *"),
            ("007 0 0 * * *", "7 0 0 * * *"),
            ("0-59 0-23 1-31 1-12 0-6", "* * * * *"),
            ("0 0 1,1,1 * * *", "0 0 1 * * *"),
            ("   0   0   1 * * *  ", "0 0 1 * * *"),
            ("1,2,3,5,6,8 * * * *", "1-3,5-6,8 * * * *"),
            ("00:05:00", "00:05:00"),
            ("7", "7.00:00:00"),
        ]

    @Test(arguments: showsCanonicalTextRows)
    func showsCanonicalText(_ expression: String, _ canonical: String) throws {
        #expect(try Schedule(parsing: expression).canonical == canonical)
    }

    private static let refusesWithReasonRows: [(String, String)] = [
        ("* * bad * *", "The day field has 'bad'; write 1 to 31."),
        ("60 * * * *", "The minute field has '60'; write 0 to 59."),
        ("* 60 * * * *", "The minute field has '60'; write 0 to 59."),
        ("60 * * * * *", "The second field has '60'; write 0 to 59."),
        ("* * 24 * * *", "The hour field has '24'; write 0 to 23."),
        ("* * * 0 * *", "The day field has '0'; write 1 to 31."),
        ("* * * 0/5 * *", "The day field has '0'; write 1 to 31."),
        ("* * * * 13 *", "The month field has '13'; write 1 to 12 or a month's English name."),
        ("* * * * * 7", "The day-of-week field has '7'; write 0 to 6 (0 is Sunday) or a day's English name."),
        (
            "* * * * * mon,,wed",
            "The day-of-week field has an empty element; write 0 to 6 (0 is Sunday) or a day's English name between commas."
        ),
        ("1, * * * *", "The minute field has an empty element; write 0 to 59 between commas."),
        (",1 * * * *", "The minute field has ',1'; write 0 to 59."),
        ("/5 * * * *", "The minute field has '/5'; write 0 to 59."),
        ("-5 * * * *", "The minute field has '-5'; write 0 to 59."),
        ("5- * * * *", "The minute field has an empty value; write 0 to 59."),
        ("1-2-3 * * * *", "The minute field has '2-3'; write 0 to 59."),
        ("*-5 * * * *", "The minute field has '*'; write 0 to 59."),
        ("+5 * * * *", "The minute field has '+5'; write 0 to 59."),
        ("*/ * * * *", "The minute field has the step ''; write a whole number."),
        ("1/Z * * * *", "The minute field has the step 'Z'; write a whole number."),
        ("*/2/3 * * * *", "The minute field has the step '2/3'; write a whole number."),
        ("99999999999 * * * *", "The minute field has the number '99999999999', which is too large."),
        ("*/99999999999 * * * *", "The minute field has the number '99999999999', which is too large."),
        ("0\t* * * *", "A cron expression has 5 or 6 fields separated by spaces, and this has 4."),
        ("0 *\t* * * *", "The hour field has '*\t*'; write 0 to 23."),
        ("* * * *", "A cron expression has 5 or 6 fields separated by spaces, and this has 4."),
        ("* * * * * * *", "A cron expression has 5 or 6 fields separated by spaces, and this has 7."),
        ("0 0 L * *", "The day field has 'L'; write 1 to 31."),
        ("0 0 ? * *", "The day field has '?'; write 1 to 31."),
        ("0 0 * * mon#1", "The day-of-week field has 'mon#1'; write 0 to 6 (0 is Sunday) or a day's English name."),
        ("0 0 * * mondays", "The day-of-week field has 'mondays'; write 0 to 6 (0 is Sunday) or a day's English name."),
        ("@daily", Self.neither),
        ("", "It is empty. " + Self.neither),
        ("   ", "It is empty. " + Self.neither),
        ("24:00", Self.neither),
        ("00:60:00", Self.neither),
        ("00:00:00", "A period must be at least a millisecond, and this is 00:00:00."),
        ("0", "A period must be at least a millisecond, and this is 00:00:00."),
        ("-00:05:00", "A period must be at least a millisecond, and this is -00:05:00."),
        ("00:00:00.0009999", "A period must be at least a millisecond, and this is 00:00:00.0009999."),
    ]

    @Test(arguments: refusesWithReasonRows)
    func refusesWithReason(_ expression: String, _ reason: String) {
        let error = #expect(throws: ScheduleError.self) { try Schedule(parsing: expression) }
        #expect(
            error?.description
                == "The schedule expression '\(expression)' was not recognized as a valid cron expression or timespan string. "
                + reason
        )
    }

    private static let neither =
        "Write 5 or 6 cron fields such as '0 */5 * * * *', or a timespan such as '00:05:00'."

    @Test func refusesHugeTextWithoutRepeatingIt() {
        let text = String(repeating: "1,", count: 1 << 20) + "1 * * * *"
        let error = #expect(throws: ScheduleError.self) { try Schedule(parsing: text) }
        #expect(error?.reason == "It has 2097161 bytes; the most is 4096.")
        #expect((error?.description.utf8.count ?? 0) < 300)
    }

    private static let tellsIntervalsFromPointsInTimeRows: [(String, Bool)] = [
        ("* * * * *", true), ("0 0 * * *", false), ("0 0 9-17 * * *", true), ("0 */30 1 * * *", false),
        ("0 0,1 1 * * *", true), ("0 0 1 1-5 * *", false), ("0 0 18 * * 5", false), ("0 30 * * * *", true),
        ("30 1 * * *", false), ("0,15 1 * * *", false), ("00:05:00", false),
    ]

    @Test(arguments: tellsIntervalsFromPointsInTimeRows)
    func tellsIntervalsFromPointsInTime(_ expression: String, _ isInterval: Bool) throws {
        #expect(try Schedule(parsing: expression).isInterval == isInterval)
    }

    private static let tellsSchedulesBelowOneMinuteRows: [(String, Bool)] = [
        ("0 * * * * *", false), ("30 * * * * *", false), ("* 30 * * * *", false), ("* */20 * * * *", false),
        ("10,20,45 * * * * *", true), ("* * * * * *", true), ("* * * * *", false), ("*/2 * * * *", false),
        ("00:00:59", true), ("00:01:00", false), ("00:00:59.9999999", true),
    ]

    @Test(arguments: tellsSchedulesBelowOneMinuteRows)
    func tellsSchedulesBelowOneMinute(_ expression: String, _ isBelow: Bool) throws {
        let now = try #require(Timestamp("2026-01-01T00:00:00Z"))
        #expect(try Schedule(parsing: expression).isBelowOneMinute(at: now, in: .utc) == isBelow)
    }

    @Test func showsWhatTheHostShows() throws {
        #expect(try Schedule(parsing: "0 */30 * * * *").description == "Cron: '0 0,30 * * * *'")
        #expect(try Schedule(parsing: "0:5").description == "Constant: 00:05:00")
        #expect(try Schedule(parsing: "0:5").adjustsForDST == false)
        #expect(try Schedule(parsing: "0 5 * * *").adjustsForDST)
    }
}
