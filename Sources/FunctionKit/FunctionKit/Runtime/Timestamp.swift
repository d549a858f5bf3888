/// A moment of wall time in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Its text form is RFC 3339 in UTC with three fractional digits, so that texts sort as the moments do. Arithmetic never
/// traps: what lies beyond the earliest or the latest moment becomes that moment, since durations and dates come from headers,
/// documents and schedules.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Milliseconds since the Unix epoch; negative before it.
    public let milliseconds: Int64

    /// Makes a moment from milliseconds since the Unix epoch.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Makes a moment from whole seconds since the Unix epoch; beyond the range of ``milliseconds``, its nearest bound.
    public init(seconds: Int64) { milliseconds = clampedProduct(seconds, 1000) }

    /// Whole seconds since the Unix epoch, rounded down.
    public var seconds: Int64 { floorQuotient(milliseconds, 1000) }

    /// Orders moments by time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// The moment that is `duration` later. What the duration has beside whole milliseconds is dropped.
    public static func + (moment: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(milliseconds: clampedSum(moment.milliseconds, duration.wholeMilliseconds))
    }

    /// The moment that is `duration` earlier. What the duration has beside whole milliseconds is dropped.
    public static func - (moment: Timestamp, duration: Duration) -> Timestamp {
        let (difference, overflows) = moment.milliseconds.subtractingReportingOverflow(duration.wholeMilliseconds)
        guard overflows else { return Timestamp(milliseconds: difference) }
        return Timestamp(milliseconds: duration > .zero ? .min : .max)
    }

    /// The time between two moments; negative when the first is the earlier one.
    public static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        // A duration is 128 bits wide: the difference of any two moments fits.
        .milliseconds(later.milliseconds) - .milliseconds(earlier.milliseconds)
    }
}

extension Duration {
    /// The duration in milliseconds, rounded towards zero; beyond the range of the type, its nearest bound.
    public var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return clampedSum(clampedProduct(seconds, 1000), attoseconds / 1_000_000_000_000_000)
    }
}

/// The sum, or the bound that it lies beyond.
private func clampedSum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflows) = left.addingReportingOverflow(right)
    guard overflows else { return sum }
    return right > 0 ? .max : .min
}

/// The product with a positive factor, or the bound that it lies beyond.
private func clampedProduct(_ value: Int64, _ factor: Int64) -> Int64 {
    let (product, overflows) = value.multipliedReportingOverflow(by: factor)
    guard overflows else { return product }
    return value > 0 ? .max : .min
}

/// The quotient by a positive divisor, rounded down, for every dividend.
func floorQuotient(_ dividend: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
}
