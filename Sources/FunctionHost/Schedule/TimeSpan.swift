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

    /// Reads what `TimeSpan.TryParse` reads; nil for anything else.
    ///
    /// `hh:mm[:ss[.fffffff]]`, `d.hh:mm[:ss[.fffffff]]`, `d:hh:mm:ss[.fffffff]`, whole days, and the odd `hh:mm:.fffffff`, with
    /// white space around it and a minus before it. Three numbers whose first is above 23 are days, hours and minutes:
    /// `24:00:00` is 24 days.
    package init?(_ text: String) {
        guard let ticks = TimeSpanReading(text)?.ticks else { return nil }
        self.ticks = ticks
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
}

/// A number in decimal, with zeros before it up to `width` characters.
func padded(_ number: some BinaryInteger, width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
