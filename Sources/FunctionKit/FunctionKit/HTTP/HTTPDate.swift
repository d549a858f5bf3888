/// Dates in header fields (RFC 9110, section 5.6.7).
public enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let longDays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The preferred form, of a time in seconds since 1970: `Sun, 06 Nov 1994 08:49:37 GMT`.
    public static func text(second: Int64) -> String {
        let time = CivilTime(secondsSinceEpoch: second)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let year = String(time.year + 10_000).suffix(4)
        return "\(days[time.dayOfWeek]), \(two(time.day)) \(months[time.month - 1]) \(year) "
            + "\(two(time.hour)):\(two(time.minute)):\(two(time.second)) GMT"
    }

    /// Reads any of the three forms that HTTP has known, as seconds since 1970; nil for anything else.
    ///
    /// - Parameter now: seconds since 1970, by which a year of two digits is understood: it lies at most 50 years ahead.
    public static func second(of text: String, now: Int64) -> Int64? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 6 where parts[0].hasSuffix(",") && days.contains(String(parts[0].dropLast())) && parts[5] == "GMT":
            guard let year = number(parts[3], digits: 4) else { return nil }
            return second(year: year, month: parts[2], day: number(parts[1], digits: 2), time: parts[4])
        case 4 where parts[0].hasSuffix(",") && longDays.contains(String(parts[0].dropLast())) && parts[3] == "GMT":
            let date = parts[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard date.count == 3, let twoDigits = number(date[2], digits: 2) else { return nil }
            let year = fullYear(twoDigits, now: now)
            return second(year: year, month: date[1], day: number(date[0], digits: 2), time: parts[2])
        // The oldest form pads the day with a space.
        case 6 where days.contains(parts[0]) && parts[2].isEmpty:
            guard let year = number(parts[5], digits: 4) else { return nil }
            return second(year: year, month: parts[1], day: number(parts[3], digits: 1), time: parts[4])
        case 5 where days.contains(parts[0]):
            guard let year = number(parts[4], digits: 4) else { return nil }
            return second(year: year, month: parts[1], day: number(parts[2], digits: 2), time: parts[3])
        default: return nil
        }
    }

    private static func second(year: Int, month: String, day: Int?, time: String) -> Int64? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { number(String($0), digits: 2) }
        guard let month = months.firstIndex(of: month).map({ $0 + 1 }), let day, year > 0,
            (1...CivilTime.daysInMonth(month, of: year)).contains(day), clock.count == 3,
            let hour = clock[0], let minute = clock[1], let second = clock[2],
            hour < 24, minute < 60, second <= 60
        else { return nil }
        // A leap second is the one before it, since nobody counts it.
        let civil = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: min(second, 59))
        return civil.secondsSinceEpoch
    }

    private static func fullYear(_ twoDigits: Int, now: Int64) -> Int {
        let current = CivilTime(secondsSinceEpoch: now).year
        let sameCentury = current - current % 100 + twoDigits
        return sameCentury > current + 50 ? sameCentury - 100 : sameCentury
    }

    private static func number(_ text: String, digits: Int) -> Int? {
        guard text.utf8.count == digits,
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }
}
