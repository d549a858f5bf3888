/// One of the six fields of an NCRONTAB expression, in their order.
enum CronFieldKind: Int, CaseIterable, Sendable {
    case second, minute, hour, day, month, dayOfWeek

    /// The values that the field may hold.
    var range: ClosedRange<Int> {
        switch self {
        case .second, .minute: 0...59
        case .hour: 0...23
        case .day: 1...31
        case .month: 1...12
        case .dayOfWeek: 0...6
        }
    }

    /// The field's name in an error.
    var name: String {
        switch self {
        case .second: "second"
        case .minute: "minute"
        case .hour: "hour"
        case .day: "day"
        case .month: "month"
        case .dayOfWeek: "day-of-week"
        }
    }

    /// What an error says may stand in the field.
    var allowed: String {
        let numbers = "\(range.lowerBound) to \(range.upperBound)"
        switch self {
        case .month: return "\(numbers) or a month's English name"
        case .dayOfWeek: return "\(numbers) (0 is Sunday) or a day's English name"
        default: return numbers
        }
    }

    /// English names in lower case, the first for the least value; empty for fields that take numbers only.
    var valueNames: [String] {
        switch self {
        case .month: Self.monthNames
        case .dayOfWeek: Self.dayNames
        default: []
        }
    }

    private static let monthNames = [
        "january", "february", "march", "april", "may", "june",
        "july", "august", "september", "october", "november", "december",
    ]
    private static let dayNames = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
}
