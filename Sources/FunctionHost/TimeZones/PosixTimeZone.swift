import FunctionKit

/// The rule behind a TZif file's last transition: a POSIX `TZ` string with RFC 9636's extensions (section 3.3.1).
struct PosixTimeZone: Sendable, Hashable {
    /// When the offset changes within a year.
    struct Change: Sendable, Hashable {
        enum Day: Sendable, Hashable {
            /// `Mm.w.d`: day of the week `d` (0 is Sunday) in week `w` of a month, 5 for the last.
            case weekday(Int, week: Int, month: Int)
            /// `Jn`: day 1 to 365; 29 February is never counted.
            case ordinalWithoutLeapDay(Int)
            /// `n`: day 0 to 365; 29 February counts.
            case ordinal(Int)
        }

        var day: Day
        /// The time on the clock before the change, in seconds after that day's midnight; −167 to 167 hours.
        var time: Int64
    }

    /// Daylight-saving time and when it holds.
    struct Daylight: Sendable, Hashable {
        /// Seconds east of UTC.
        var offset: Int
        var start: Change
        var end: Change
    }

    /// Seconds east of UTC.
    var standardOffset: Int
    /// Nil for a zone that does not change its clocks.
    var daylight: Daylight?

    /// The period that an instant lies in.
    func period(at instant: Int64) -> TimeZoneRules.Period {
        guard let daylight else { return .init(start: .min, end: .max, offset: standardOffset) }
        var result = TimeZoneRules.Period(start: .min, end: .max, offset: standardOffset)
        let year = CivilTime(secondsSinceEpoch: instant).year
        // A change lies at most a week and a day outside its year, so the years beside this one have the neighbours.
        for year in year - 1...year + 1 {
            let toDaylight = daylight.start.seconds(in: year) - Int64(standardOffset)
            let toStandard = daylight.end.seconds(in: year) - Int64(daylight.offset)
            result.narrow(by: toStandard, offset: standardOffset, around: instant)
            result.narrow(by: toDaylight, offset: daylight.offset, around: instant)
        }
        return result
    }
}

extension TimeZoneRules.Period {
    /// Takes a change into account. Of changes at the same instant the one given last holds: a zone whose daylight-saving time
    /// ends when the next year's begins has it all year.
    fileprivate mutating func narrow(by change: Int64, offset: Int, around instant: Int64) {
        if change <= instant {
            if change >= start { (start, self.offset) = (change, offset) }
        } else {
            end = min(end, change)
        }
    }
}

extension PosixTimeZone.Change {
    /// The change in a year, in seconds since 1970-01-01 00:00:00 on the clock before it.
    fileprivate func seconds(in year: Int) -> Int64 {
        let newYear = CivilTime(year: year, month: 1, day: 1).daysSinceEpoch
        switch day {
        case .ordinal(let number):
            return (newYear + Int64(number)) * 86_400 + time
        case .ordinalWithoutLeapDay(let number):
            let isBehindLeapDay = number > 59 && CivilTime.daysInMonth(2, of: year) == 29
            return (newYear + Int64(number - 1 + (isBehindLeapDay ? 1 : 0))) * 86_400 + time
        case .weekday(let weekday, let week, let month):
            let first = CivilTime(year: year, month: month, day: 1)
            var day = 1 + (weekday - first.dayOfWeek + 7) % 7 + (week - 1) * 7
            if day > CivilTime.daysInMonth(month, of: year) { day -= 7 }
            return (first.daysSinceEpoch + Int64(day - 1)) * 86_400 + time
        }
    }
}
