import FunctionKit
import Testing

/// The calendar, against one that counts days by hand.
struct CivilTimeTests {
    /// Every first, second and last day of every month from the year 1 to 9999.
    @Test func datesAreThoseOfACalendarCountedDayByDay() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        // 1970-01-01 is the 719,163rd day of the calendar when 0001-01-01 is day 1, a Monday.
        var dayNumber: Int64 = 1 - 719_163
        var failures: [String] = []
        for year in 1...9999 {
            let isLeap = year.isMultiple(of: 400) || (year.isMultiple(of: 4) && !year.isMultiple(of: 100))
            for month in 1...12 {
                let length = lengths[month - 1] + (month == 2 && isLeap ? 1 : 0)
                for day in [1, 2, length] where !agrees(dayNumber + Int64(day) - 1, year, month, day, length) {
                    failures.append("\(year)-\(month)-\(day)")
                }
                dayNumber += Int64(length)
            }
        }
        #expect(failures.isEmpty)
        #expect(dayNumber == 2_932_897)
    }

    private func agrees(_ dayNumber: Int64, _ year: Int, _ month: Int, _ day: Int, _ length: Int) -> Bool {
        let civil = CivilTime(year: year, month: month, day: day)
        let weekday = Int(((dayNumber + 719_162) % 7 + 1) % 7)
        return civil.daysSinceEpoch == dayNumber && civil.dayOfWeek == weekday
            && CivilTime(secondsSinceEpoch: dayNumber * 86_400) == civil
            && CivilTime(secondsSinceEpoch: dayNumber * 86_400 + 86_399)
                == CivilTime(year: year, month: month, day: day, hour: 23, minute: 59, second: 59)
            && CivilTime.daysInMonth(month, of: year) == length
    }

    @Test(
        arguments: [
            (0, CivilTime(year: 1970, month: 1, day: 1)),
            (-1, CivilTime(year: 1969, month: 12, day: 31, hour: 23, minute: 59, second: 59)),
            (86_399, CivilTime(year: 1970, month: 1, day: 1, hour: 23, minute: 59, second: 59)),
            (-62_135_596_801, CivilTime(year: 0, month: 12, day: 31, hour: 23, minute: 59, second: 59)),
            (-62_167_219_201, CivilTime(year: -1, month: 12, day: 31, hour: 23, minute: 59, second: 59)),
            (253_402_300_800, CivilTime(year: 10_000, month: 1, day: 1)),
            // `date -u -d @67768036191676799`, the last second that a 32-bit year can hold.
            (
                67_768_036_191_676_799,
                CivilTime(year: 2_147_485_547, month: 12, day: 31, hour: 23, minute: 59, second: 59)
            ),
        ] as [(Int64, CivilTime)]
    )
    func secondsGiveADate(seconds: Int64, civil: CivilTime) {
        #expect(CivilTime(secondsSinceEpoch: seconds) == civil)
        #expect(civil.secondsSinceEpoch == seconds)
    }

    @Test(arguments: [Int64.min, .min + 1, .max - 1, .max])
    func theEndsOfTheRangeHaveADateToo(seconds: Int64) {
        let civil = CivilTime(secondsSinceEpoch: seconds)
        #expect((1...12).contains(civil.month))
        #expect((1...CivilTime.daysInMonth(civil.month, of: civil.year)).contains(civil.day))
        #expect((0...6).contains(civil.dayOfWeek))
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 4), ("2000-01-01T00:00:00Z", 6), ("2026-11-20T00:00:00Z", 5),
        ("1969-12-28T00:00:00Z", 0), ("0001-01-01T00:00:00Z", 1),
    ])
    func aDateHasADayOfTheWeek(text: String, weekday: Int) throws {
        let moment = try #require(Timestamp(text))
        #expect(CivilTime(secondsSinceEpoch: moment.seconds).dayOfWeek == weekday)
    }
}
