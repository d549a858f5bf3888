/// The text form of a duration in Azure's configuration files: .NET's `TimeSpan` in the invariant culture.
package enum TimeSpanText {
    /// Reads `hh:mm[:ss[.fffffff]]`, `d.hh:mm[:ss[.fffffff]]` and a bare whole number of **days**; a minus sign may lead, white
    /// space may surround it. As in .NET, `24:00:00` reads as 24 days, since its first part exceeds 23 hours.
    ///
    /// - Returns: nil for anything else, and for what a 64-bit count of 100-nanosecond ticks cannot hold.
    package static func parse(_ text: String) -> Duration? {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        let isNegative = rest.first == "-"
        if isNegative { rest.removeFirst() }
        guard let ticks = magnitudeTicks(rest) else { return nil }
        let duration = Duration(
            secondsComponent: ticks / 10_000_000,
            attosecondsComponent: ticks % 10_000_000 * 100_000_000_000
        )
        return isNegative ? .zero - duration : duration
    }

    private static func magnitudeTicks(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return number(parts[0], digitsMax: 8).flatMap { ticks(days: $0) }
        case 2, 3: return clockTicks(parts)
        default: return nil
        }
    }

    private static func clockTicks(_ parts: [Substring]) -> Int64? {
        let head = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard head.count <= 2, let first = number(head[0], digitsMax: 8) else { return nil }
        let second = head.count == 2 ? number(head[1], digitsMax: 2) : nil
        guard head.count == 1 || second != nil else { return nil }
        var days: Int64 = second == nil ? 0 : first
        var hours = second ?? first
        guard let minutes = number(parts[1], digitsMax: 2) else { return nil }
        guard let (seconds, fraction) = parts.count == 3 ? secondsAndTicks(parts[2]) : (0, 0) else { return nil }
        guard hours <= 23 else {
            // .NET tries days:hours:minutes next when the first part cannot be hours.
            guard second == nil, parts.count == 3, fraction == 0, minutes <= 23, seconds <= 59 else { return nil }
            days = hours
            hours = minutes
            return ticks(days: days, hours: hours, minutes: seconds)
        }
        guard minutes <= 59, seconds <= 59 else { return nil }
        return ticks(days: days, hours: hours, minutes: minutes, seconds: seconds, fraction: fraction)
    }

    private static func secondsAndTicks(_ text: Substring) -> (Int64, Int64)? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let seconds = number(parts[0], digitsMax: 2) else { return nil }
        guard parts.count == 2 else { return (seconds, 0) }
        guard var fraction = number(parts[1], digitsMax: 7) else { return nil }
        for _ in parts[1].utf8.count..<7 { fraction *= 10 }
        return (seconds, fraction)
    }

    private static func number(_ text: Substring, digitsMax: Int) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let digits = text.drop { $0 == "0" }
        guard digits.utf8.count <= digitsMax else { return nil }
        return digits.isEmpty ? 0 : Int64(digits)
    }

    private static func ticks(
        days: Int64,
        hours: Int64 = 0,
        minutes: Int64 = 0,
        seconds: Int64 = 0,
        fraction: Int64 = 0
    ) -> Int64? {
        let whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        let (product, overflow) = whole.multipliedReportingOverflow(by: 10_000_000)
        let (sum, carry) = product.addingReportingOverflow(fraction)
        return overflow || carry ? nil : sum
    }
}
