/// A length of time in the text form of .NET's `TimeSpan`, which Azure's settings use.
package struct TimeSpan: Sendable, Hashable, CustomStringConvertible {
    /// The length in ticks of 100 nanoseconds.
    package let ticks: Int64

    /// The length as a duration.
    package var duration: Duration {
        Duration(secondsComponent: ticks / 10_000_000, attosecondsComponent: ticks % 10_000_000 * 100_000_000_000)
    }

    /// Makes a length from a duration, rounded towards zero to a tick.
    package init(_ duration: Duration) {
        let parts = duration.components
        ticks = parts.seconds * 10_000_000 + parts.attoseconds / 100_000_000_000
    }

    /// Reads what `TimeSpan.TryParse` reads: `hh:mm[:ss[.fffffff]]`, `d.hh:mm[:ss[.fffffff]]`, `d:hh:mm:ss[.fffffff]` or whole
    /// days, with white space around it and a minus before it.
    ///
    /// Three numbers whose first is above 23 are days, hours and minutes: `24:00:00` is 24 days. Nil for anything else.
    package init?(_ text: String) {
        var bytes = text.utf8.drop(while: isWhitespace)
        while let last = bytes.last, isWhitespace(last) { bytes.removeLast() }
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { bytes.removeFirst() }
        guard let parts = Self.split(bytes), let ticks = Self.ticks(parts) else { return nil }
        self.ticks = isNegative ? -ticks : ticks
    }

    /// The constant format of .NET: `[-][d.]hh:mm:ss[.fffffff]`.
    package var description: String {
        let rest = ticks.magnitude
        let days = rest / 864_000_000_000
        let fraction = rest % 10_000_000
        let time = [rest / 36_000_000_000 % 24, rest / 600_000_000 % 60, rest / 10_000_000 % 60]
        var text = ticks < 0 ? "-" : ""
        if days > 0 { text += "\(days)." }
        text += time.map { padded($0, width: 2) }.joined(separator: ":")
        if fraction > 0 { text += "." + padded(fraction, width: 7) }
        return text
    }

    /// The numbers of a text and what stands between them.
    private struct Parts {
        var numbers: [Substring] = []
        var separators = ""
    }

    private static func split(_ bytes: Substring.UTF8View) -> Parts? {
        var parts = Parts()
        var rest = Substring(bytes)
        while true {
            let digits = rest.prefix { $0.isASCII && $0.isWholeNumber }
            guard (1...9).contains(digits.utf8.count) else { return nil }
            parts.numbers.append(digits)
            rest = rest.dropFirst(digits.count)
            guard let separator = rest.popFirst() else { return parts }
            guard separator == ":" || separator == "." else { return nil }
            parts.separators.append(separator)
        }
    }

    private static func ticks(_ parts: Parts) -> Int64? {
        let numbers = parts.numbers
        switch parts.separators {
        case "": return ticks(days: numbers[0])
        case ":": return ticks(hours: numbers[0], minutes: numbers[1])
        case "::":
            return ticks(hours: numbers[0], minutes: numbers[1], seconds: numbers[2])
                ?? ticks(days: numbers[0], hours: numbers[1], minutes: numbers[2])
        case ".:": return ticks(days: numbers[0], hours: numbers[1], minutes: numbers[2])
        case "::.":
            return ticks(hours: numbers[0], minutes: numbers[1], seconds: numbers[2], fraction: numbers[3])
        case ".::", ":::":
            return ticks(days: numbers[0], hours: numbers[1], minutes: numbers[2], seconds: numbers[3])
        case ".::.", ":::.":
            return ticks(
                days: numbers[0],
                hours: numbers[1],
                minutes: numbers[2],
                seconds: numbers[3],
                fraction: numbers[4]
            )
        default: return nil
        }
    }

    /// Nil when a part is beyond its range, as in .NET: 23 hours, 59 minutes, 59 seconds, 7 digits of a fraction.
    private static func ticks(
        days: Substring = "0",
        hours: Substring = "0",
        minutes: Substring = "0",
        seconds: Substring = "0",
        fraction: Substring = "0"
    ) -> Int64? {
        guard
            let days = Int64(days), days <= 10_675_199,
            let hours = Int64(hours), hours <= 23,
            let minutes = Int64(minutes), minutes <= 59,
            let seconds = Int64(seconds), seconds <= 59,
            fraction.count <= 7, let fraction = Int64(fraction + String(repeating: "0", count: 7 - fraction.count))
        else { return nil }
        let time = ((hours * 60 + minutes) * 60 + seconds) * 10_000_000 + fraction
        let (sum, overflow) = (days * 864_000_000_000).addingReportingOverflow(time)
        return overflow ? nil : sum
    }
}

private func isWhitespace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

/// A number in decimal, with zeros before it up to `width` characters.
func padded(_ number: some BinaryInteger, width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
