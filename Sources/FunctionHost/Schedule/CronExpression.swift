import FunctionKit

/// An NCRONTAB expression of five or six fields, as the real host reads it (NCrontab 3).
struct CronExpression: Sendable, Hashable {
    /// The numeric text that means the same, with as many fields as were given.
    let canonical: String
    /// True when the canonical second, minute or hour field holds a range; decides what the end of daylight-saving does.
    let isInterval: Bool
    /// True when every field but the first is `*`.
    let variesInFirstFieldOnly: Bool

    private let seconds, minutes, hours, days, months: CronField
    /// The days of the week six times over, so that a shift by the first of the month's weekday gives the month's days.
    private let weekdayPattern: UInt64
    /// The first time of a matching day, in seconds.
    private let firstTimeOfDay: Int64
    /// False when no month has any of the days, such as 30 February.
    private let canFire: Bool

    /// Reads an expression that was split at spaces.
    init(fields texts: [String]) throws(ScheduleReason) {
        guard texts.count == 5 || texts.count == 6 else {
            throw ScheduleReason(
                "A cron expression has 5 or 6 fields separated by spaces, and this has \(texts.count)."
            )
        }
        let kinds = CronFieldKind.allCases.suffix(texts.count)
        var fields: [CronField] = []
        for (kind, text) in zip(kinds, texts) { fields.append(try CronField(kind: kind, parsing: text)) }
        let texts = fields.map(\.canonical)
        if fields.count == 5 { fields.insert(CronField(kind: .second, value: 0), at: 0) }

        canonical = texts.joined(separator: " ")
        variesInFirstFieldOnly = texts.dropFirst().allSatisfy { $0 == "*" }
        isInterval = texts.dropLast(3).contains { $0.contains("*") || $0.contains("-") }
        (seconds, minutes, hours) = (fields[0], fields[1], fields[2])
        (days, months) = (fields[3], fields[4])
        weekdayPattern = fields[5].bits &* 0b1_0000001_0000001_0000001_0000001_0000001
        firstTimeOfDay = Int64(hours.least * 3600 + minutes.least * 60 + seconds.least)
        let leastDay = days.least
        canFire = (1...12).contains { [months] month in
            months.contains(month) && leastDay <= CivilTime.daysInMonth(month, of: 2000)
        }
    }

    /// The first matching wall-clock time after `wall`, both in seconds since 1970-01-01 00:00:00 on that clock; nil when there
    /// is none up to the year 9999.
    ///
    /// It jumps from field to field. A date that exists comes back on every day of the week within 40 years, so a month is
    /// looked at 480 times at the most.
    func next(after wall: Int64) -> Int64? {
        guard canFire else { return nil }
        let start = CivilTime(secondsSinceEpoch: wall + 1)
        guard start.year <= Self.yearMax else { return nil }
        if isMatchingDay(start), let time = firstTime(from: start) {
            return start.daysSinceEpoch * 86_400 + time
        }
        return firstDay(after: start).map { $0 * 86_400 + firstTimeOfDay }
    }

    /// The last year of .NET's calendar, after which nothing fires.
    static let yearMax = 9999

    private func isMatchingDay(_ date: CivilTime) -> Bool {
        months.contains(date.month) && days.contains(date.day) && weekdayPattern >> UInt64(date.dayOfWeek) & 1 == 1
    }

    /// The first matching time of day that is not before that of `start`, in seconds.
    private func firstTime(from start: CivilTime) -> Int64? {
        var hour = start.hour
        if hours.contains(hour) {
            if minutes.contains(start.minute), let second = seconds.first(from: start.second) {
                return Int64(hour * 3600 + start.minute * 60 + second)
            }
            if let minute = minutes.first(from: start.minute + 1) {
                return Int64(hour * 3600 + minute * 60 + seconds.least)
            }
        }
        guard let next = hours.first(from: hour + 1) else { return nil }
        hour = next
        return Int64(hour * 3600 + minutes.least * 60 + seconds.least)
    }

    /// The first matching day after a date, as days since 1970-01-01.
    private func firstDay(after date: CivilTime) -> Int64? {
        var year = date.year
        var month = date.month
        var bound = date.day + 1
        while year <= Self.yearMax {
            guard let next = months.first(from: month) else {
                (year, month, bound) = (year + 1, 1, 1)
                continue
            }
            if next != month { (month, bound) = (next, 1) }
            let first = CivilTime(year: year, month: month, day: 1)
            let length = CivilTime.daysInMonth(month, of: year)
            let inMonth = days.bits & (weekdayPattern >> UInt64(first.dayOfWeek)) << 1 & (1 << UInt64(length + 1) - 1)
            let rest = inMonth & UInt64.max << UInt64(bound)
            if rest != 0 { return first.daysSinceEpoch + Int64(rest.trailingZeroBitCount - 1) }
            (month, bound) = (month + 1, 1)
        }
        return nil
    }
}
