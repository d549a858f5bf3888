import FunctionKit

/// The `Date` field line, made once a second (RFC 9110, section 5.6.7).
struct DateField {
    private var second = Int64.min
    /// The line with its line end: `Date: Fri, 20 Nov 2026 12:38:35 GMT`.
    private(set) var line: [UInt8] = []

    /// Makes the line for a time in whole seconds since 1970.
    mutating func update(second: Int64) {
        guard second != self.second else { return }
        self.second = second
        line = Array("Date: \(Self.text(second: second))\r\n".utf8)
    }

    static func text(second: Int64) -> String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let time = CivilTime(secondsSinceEpoch: second)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let year = String(time.year + 10_000).suffix(4)
        return "\(days[time.dayOfWeek]), \(two(time.day)) \(months[time.month - 1]) \(year) "
            + "\(two(time.hour)):\(two(time.minute)):\(two(time.second)) GMT"
    }
}
