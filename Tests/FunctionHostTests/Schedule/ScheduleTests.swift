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
            ("* 1-2,3 * * *", "* 1-3 * * *"),
            ("* * * Mar,Jan,Aug Fri,Mon-Tue", "* * * 1,3,8 1-2,5"),
            // Names: any prefix of an English one, the first that fits, in ranges and lists too.
            ("0 0 0 * j,F,MA,A,m,ju,D su,M,t,W,TH,f,SA", "0 0 0 * 1-4,6,12 *"),
            ("0 0 0 * a s", "0 0 0 * 4 0"),
            ("0 0 0 * Jul-Aug/1 Tues-Thursd", "0 0 0 * 7-8 2-4"),
            ("0 0 0 * nov-2/3 5-mon", "0 0 0 * 2,5,8,11 1-5"),
            ("0 0 0 * feb/5 w", "0 0 0 * 2,7,12 3"),
            ("0 0 0 * DECEMBER,january SATURDAY,0", "0 0 0 * 1,12 0,6"),
            // Ranges and steps.
            ("50-10/20 * * * * *", "10,30,50 * * * * *"),
            ("5-5 5-5/7 * * * *", "5 5 * * * *"),
            ("59/3 23/5 31/2 12/9 6/4", "59 23 31 12 6"),
            ("0-59/60 0-23/24 1-31/31 1-12/12 0-6/7", "0 0 1 1 0"),
            ("0-59/59 * * * *", "0,59 * * * *"),
            ("*/1 */2 */30 */11 */6", "* 0,2,4,6,8,10,12,14,16,18,20,22 1,31 1,12 0,6"),
            ("5/0 10-12/0 */0 * * *", "5-59 10-12 * * * *"),
            ("5/-2 10-12/-0 */+7 * * *", "5-59 10-12 0,7,14,21 * * *"),
            ("*/2147483647 0/2147483647 1-1/2147483646 * * *", "0 0 1 * * *"),
            ("*/-2147483648 * * * *", "* * * * *"),
            ("*,5 1-3,2-4,4 * * *", "* 1-4 * * *"),
            ("0,59 0,23 1,31 1,12 0,6", "0,59 0,23 1,31 1,12 0,6"),
            ("00000000000000000000005 0000 01 001 0", "5 0 1 1 0"),
            // What .NET allows behind a number, and before a step.
            ("5\t 6\n\r */\t7\u{B} 1-2\u{C} 1/\t+6 *", "5 6 0,7,14,21 1-2 1,7 *"),
            ("5\u{0} 6\t\u{0}\u{0} * * *", "5 6 * * *"),
            ("00:05:00", "00:05:00"),
            ("7", "7.00:00:00"),
            (" 6 ", "6.00:00:00"),
            ("\t6 \n", "6.00:00:00"),
            ("\t \t 1:00 \t \t", "01:00:00"),
            ("10675199.02:48:05.4775807", "10675199.02:48:05.4775807"),
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
        ("60/5 * * * *", "The minute field has '60'; write 0 to 59."),
        ("0-60 * * * *", "The minute field has '60'; write 0 to 59."),
        ("60-0 * * * *", "The minute field has '60'; write 0 to 59."),
        ("0 0 32 * *", "The day field has '32'; write 1 to 31."),
        ("0 0 0-5 * *", "The day field has '0'; write 1 to 31."),
        ("0 0 1 0 *", "The month field has '0'; write 1 to 12 or a month's English name."),
        ("0 0 1 dec-13 *", "The month field has '13'; write 1 to 12 or a month's English name."),
        ("0 0 * * 1-7", "The day-of-week field has '7'; write 0 to 6 (0 is Sunday) or a day's English name."),
        ("0 0 * * x", "The day-of-week field has 'x'; write 0 to 6 (0 is Sunday) or a day's English name."),
        ("0 0 * * 1mon", "The day-of-week field has '1mon'; write 0 to 6 (0 is Sunday) or a day's English name."),
        ("0 0 * Jan. *", "The month field has 'Jan.'; write 1 to 12 or a month's English name."),
        ("Jan 0 * * *", "The minute field has 'Jan'; write 0 to 59."),
        ("0 0 15W * *", "The day field has '15W'; write 1 to 31."),
        ("0 0 * * 5L", "The day-of-week field has '5L'; write 0 to 6 (0 is Sunday) or a day's English name."),
        ("0 0 ? * *", "The day field has '?'; write 1 to 31."),
        ("** * * * *", "The minute field has '**'; write 0 to 59."),
        ("*5 * * * *", "The minute field has '*5'; write 0 to 59."),
        ("*,, * * * *", "The minute field has an empty element; write 0 to 59 between commas."),
        (", * * * *", "The minute field has ','; write 0 to 59."),
        ("- * * * *", "The minute field has '-'; write 0 to 59."),
        ("1--5 * * * *", "The minute field has '-5'; write 0 to 59."),
        ("1-+5 * * * *", "The minute field has '+5'; write 0 to 59."),
        ("1-\t5 * * * *", "The minute field has '\t5'; write 0 to 59."),
        ("1-*/2 * * * *", "The minute field has '*'; write 0 to 59."),
        ("1/2-5 * * * *", "The minute field has the step '2-5'; write a whole number."),
        ("1/* * * * *", "The minute field has the step '*'; write a whole number."),
        ("*/+-5 * * * *", "The minute field has the step '+-5'; write a whole number."),
        ("*/5.0 * * * *", "The minute field has the step '5.0'; write a whole number."),
        ("0x5 * * * *", "The minute field has '0x5'; write 0 to 59."),
        ("5.0 * * * *", "The minute field has '5.0'; write 0 to 59."),
        ("1_0 * * * *", "The minute field has '1_0'; write 0 to 59."),
        ("5\t6 * * * *", "The minute field has '5\t6'; write 0 to 59."),
        ("٥ * * * *", "The minute field has '٥'; write 0 to 59."),
        ("５ * * * *", "The minute field has '５'; write 0 to 59."),
        ("1–5 * * * *", "The minute field has '1–5'; write 0 to 59."),
        ("0\u{A0}0 * * *", "A cron expression has 5 or 6 fields separated by spaces, and this has 4."),
        ("0 */5 * * * *\n", "The day-of-week field has '*\n'; write 0 to 6 (0 is Sunday) or a day's English name."),
        ("\t0 */5 * * * *", "The second field has '\t0'; write 0 to 59."),
        ("2147483648 * * * *", "The minute field has the number '2147483648', which is too large."),
        ("1-9999999999 * * * *", "The minute field has the number '9999999999', which is too large."),
        ("*/-2147483649 * * * *", "The minute field has the number '2147483649', which is too large."),
        ("5/2147483647 * * * *", "The minute field has the number '2147483647', which is too large."),
        ("59/2147483647 * * * *", "The minute field has the number '2147483647', which is too large."),
        ("0 0 * * mondays", "The day-of-week field has 'mondays'; write 0 to 6 (0 is Sunday) or a day's English name."),
        ("@daily", Self.neither),
        ("@every 5m", "A cron expression has 5 or 6 fields separated by spaces, and this has 2."),
        ("*", Self.neither),
        ("*****", Self.neither),
        ("1:00 2:00", "A cron expression has 5 or 6 fields separated by spaces, and this has 2."),
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
        ("30 1 * * *", false), ("0,15 1 * * *", false), ("00:05:00", false), ("0/15 0 1 * * *", false),
        ("0 0 1 * * *", false), ("0 0 */12 * * *", false), ("0 0 */23 * * *", false), ("0-1 0 1 * * *", true),
        ("0-1 1 * * *", true), ("0 1-2 * * *", true), ("0 0 1 * 1-12 0-6", false), ("1,3,5 0,2 1 * * *", false),
        ("0 0 22,23 * * *", true), ("30,32/30 1 * * *", false), ("5-5 1 * * *", false), ("24:00:00", false),
    ]

    @Test(arguments: tellsIntervalsFromPointsInTimeRows)
    func tellsIntervalsFromPointsInTime(_ expression: String, _ isInterval: Bool) throws {
        #expect(try Schedule(parsing: expression).isInterval == isInterval)
    }

    private static let tellsSchedulesBelowOneMinuteRows: [(String, Bool)] = [
        ("0 * * * * *", false), ("30 * * * * *", false), ("* 30 * * * *", false), ("* */20 * * * *", false),
        ("10,20,45 * * * * *", true), ("* * * * * *", true), ("* * * * *", false), ("*/2 * * * *", false),
        ("00:00:59", true), ("00:01:00", false), ("00:00:59.9999999", true), ("1,31 * * * * *", true),
        ("1/30 * * * * *", true), ("*/31 * * * * *", false), ("59 * * * * *", false), ("0-59 0-59 * * * *", true),
        ("* * * * 1-12 0-6", true), ("* * * * * 1-6", false), ("* 0-58 * * * *", false), ("0,30 0 * * * *", false),
    ]

    @Test(arguments: tellsSchedulesBelowOneMinuteRows)
    func tellsSchedulesBelowOneMinute(_ expression: String, _ isBelow: Bool) throws {
        let now = try #require(Timestamp("2026-01-01T00:00:00Z"))
        #expect(try Schedule(parsing: expression).isBelowOneMinute(at: now, in: .utc) == isBelow)
    }

    /// The minute is open at both ends: what is due now or in a minute is not in it.
    @Test func looksStrictlyInsideTheNextMinute() throws {
        let schedule = try Schedule(parsing: "0,30 * * * * *")
        let now = try #require(Timestamp("2026-01-01T00:00:00Z"))
        #expect(schedule.isBelowOneMinute(at: now, in: .utc) == false)
        #expect(schedule.isBelowOneMinute(at: now + .milliseconds(1), in: .utc))
        #expect(schedule.isBelowOneMinute(at: now - .milliseconds(1), in: .utc))
        #expect(schedule.isBelowOneMinute(at: .never, in: .utc) == false)
    }

    @Test func showsWhatTheHostShows() throws {
        #expect(try Schedule(parsing: "0 */30 * * * *").description == "Cron: '0 0,30 * * * *'")
        #expect(try Schedule(parsing: "0:5").description == "Constant: 00:05:00")
        #expect(try Schedule(parsing: "0:5").adjustsForDST == false)
        #expect(try Schedule(parsing: "0 5 * * *").adjustsForDST)
    }
}
