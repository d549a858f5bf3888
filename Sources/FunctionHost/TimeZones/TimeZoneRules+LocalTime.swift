/// What a wall-clock time means in a zone, as seconds since the Unix epoch.
package enum LocalTimeReading: Sendable, Hashable {
    /// The time comes once.
    case single(Int64)
    /// The clock is put back over it, so that it comes twice.
    case repeated(first: Int64, second: Int64)
    /// The clock is put forward over it; the instant is read with the offset that holds before.
    case skipped(Int64)

    /// The instant by the offset of standard time: the second of two, and the offset before a gap.
    package var standard: Int64 {
        switch self {
        case .single(let instant), .repeated(_, second: let instant), .skipped(let instant): instant
        }
    }

    /// True when the time comes twice.
    package var isRepeated: Bool {
        if case .repeated = self { return true }
        return false
    }
}

extension TimeZoneRules {
    /// No offset is further from UTC than this, in seconds (RFC 9636, section 3.2).
    private static let offsetMax: Int64 = 26 * 3600

    /// The instants at which a clock of this zone shows `wall`, in seconds since 1970-01-01 00:00:00 on that clock.
    package func reading(of wall: Int64) -> LocalTimeReading {
        var period = period(at: wall - Self.offsetMax)
        var first: Int64?
        while true {
            let instant = wall - Int64(period.offset)
            if instant >= period.start, instant < period.end {
                if let first { return .repeated(first: first, second: instant) }
                first = instant
            }
            guard period.end <= wall + Self.offsetMax else { break }
            let next = self.period(at: period.end)
            if first == nil, instant >= period.end, wall - Int64(next.offset) < next.start { return .skipped(instant) }
            period = next
        }
        return .single(first ?? wall - Int64(period.offset))
    }
}
