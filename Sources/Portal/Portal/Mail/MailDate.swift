import FunctionKit

/// The two fixed-length dates that mail and HTTP use, in English whatever the machine's language.
enum MailDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The date of HTTP headers (RFC 9110, section 5.6.7): `Fri, 20 Nov 2026 12:14:00 GMT`.
    static func http(_ moment: Timestamp) -> String { common(moment) + " GMT" }

    /// The date of a mail header (RFC 5322, section 3.3): `Fri, 20 Nov 2026 12:14:00 +0000`.
    static func mail(_ moment: Timestamp) -> String { common(moment) + " +0000" }

    /// The day as people read it: `20 November 2026` would need a language; `20 Nov 2026` is understood in most.
    static func day(_ moment: Timestamp) -> String {
        let civil = CivilTime(secondsSinceEpoch: moment.seconds)
        return "\(civil.day) \(months[civil.month - 1]) \(civil.year)"
    }

    private static func common(_ moment: Timestamp) -> String {
        let civil = CivilTime(secondsSinceEpoch: moment.seconds)
        let time = [civil.hour, civil.minute, civil.second].map(twoDigits).joined(separator: ":")
        return "\(days[civil.dayOfWeek]), \(twoDigits(civil.day)) \(months[civil.month - 1]) \(civil.year) \(time)"
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
