/// A text of a length of time taken apart: .NET's `TimeSpan.TryParse` in the invariant culture.
struct TimeSpanReading {
    /// A run of digits. Zeros before it count in a fraction only.
    private struct Number {
        var value = 0
        var leadingZeros = 0
    }

    /// No number of .NET's may be larger, whatever it counts.
    private static let numberMax = 0x0FFF_FFFF
    /// The longest shape: five numbers and what stands between them.
    private static let shapeBytesMax = 10
    private static let secondsMax: Int64 = 922_337_203_685

    /// What stands between the numbers, each of which is an `n`: `n:n:n.n`.
    private var shape = ""
    private var numbers: [Number] = []
    private var isNegative = false

    /// Nil when the text has no shape that could be a length of time.
    init?(_ text: String) {
        var scalars = text.unicodeScalars[...]
        while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
        while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        if scalars.first == "-" {
            isNegative = true
            scalars.removeFirst()
        }
        while let scalar = scalars.first {
            guard shape.utf8.count < Self.shapeBytesMax else { return nil }
            if ("0"..."9").contains(scalar) {
                guard let number = Self.takeNumber(from: &scalars) else { return nil }
                numbers.append(number)
                shape.append("n")
            } else {
                guard scalar == ":" || scalar == "." else { return nil }
                shape.unicodeScalars.append(scalar)
                scalars.removeFirst()
            }
        }
    }

    private static func takeNumber(from scalars: inout Substring.UnicodeScalarView) -> Number? {
        var number = Number()
        while let scalar = scalars.first, ("0"..."9").contains(scalar) {
            scalars.removeFirst()
            number.value = number.value * 10 + Int(scalar.value - 0x30)
            if number.value == 0 { number.leadingZeros += 1 }
            guard number.value <= numberMax else { return nil }
        }
        return number
    }

    /// The length in ticks of 100 nanoseconds; nil when the shape means nothing or a number is beyond its range.
    var ticks: Int64? {
        switch shape {
        case "n": ticks(days: 0)
        case "n:n": ticks(hours: 0, minutes: 1)
        case "n:n:n": ticks(hours: 0, minutes: 1, seconds: 2) ?? ticks(days: 0, hours: 1, minutes: 2)
        case "n.n:n": ticks(days: 0, hours: 1, minutes: 2)
        case "n:n:.n": ticks(hours: 0, minutes: 1, fraction: 2)
        case "n:n:n.n": ticks(hours: 0, minutes: 1, seconds: 2, fraction: 3)
        case "n.n:n:n", "n:n:n:n": ticks(days: 0, hours: 1, minutes: 2, seconds: 3)
        case "n.n:n:.n", "n:n:n:.n": ticks(days: 0, hours: 1, minutes: 2, fraction: 3)
        case "n.n:n:n.n", "n:n:n:n.n": ticks(days: 0, hours: 1, minutes: 2, seconds: 3, fraction: 4)
        default: nil
        }
    }

    /// The parameters are places in `numbers`.
    private func ticks(
        days: Int? = nil,
        hours: Int? = nil,
        minutes: Int? = nil,
        seconds: Int? = nil,
        fraction: Int? = nil
    ) -> Int64? {
        func value(_ place: Int?, max: Int) -> Int64? {
            let value = place.map { numbers[$0].value } ?? 0
            return value <= max ? Int64(value) : nil
        }
        guard
            let days = value(days, max: 10_675_199),
            let hours = value(hours, max: 23),
            let minutes = value(minutes, max: 59),
            let seconds = value(seconds, max: 59),
            let fraction = fraction.map({ Self.fractionTicks(numbers[$0]) }) ?? 0
        else { return nil }
        let total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        guard total <= Self.secondsMax else { return nil }
        let magnitude = UInt64(total) * 10_000_000 + UInt64(fraction)
        guard isNegative else { return Int64(exactly: magnitude) }
        return magnitude == Int64.min.magnitude ? Int64.min : Int64(exactly: magnitude).map { -$0 }
    }

    /// Seven digits; more of them are allowed behind a zero, and rounded.
    private static func fractionTicks(_ number: Number) -> Int? {
        guard number.value > 0 else { return 0 }
        var value = number.value
        var digits = number.leadingZeros + String(value).utf8.count
        guard number.leadingZeros > 0 || digits <= 7 else { return nil }
        while digits < 7 { (value, digits) = (value * 10, digits + 1) }
        guard digits > 7 else { return value }
        // Nothing is left of a number that is below the last place but one.
        guard digits - 7 <= String(value).utf8.count else { return 0 }
        var divisor = 1
        for _ in 7..<digits { divisor *= 10 }
        return (value + divisor / 2) / divisor
    }
}
