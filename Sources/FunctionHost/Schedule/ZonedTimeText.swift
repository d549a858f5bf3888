package import FunctionKit

/// Moments as texts on a zone's wall clock.
package struct ZonedTimeText: Sendable {
    private let zone: TimeZoneRules

    /// Makes texts for a zone.
    package init(zone: TimeZoneRules) { self.zone = zone }

    /// RFC 3339 with the zone's offset, `Z` in UTC; milliseconds only where there are some.
    ///
    /// An offset of odd seconds, as before zones were standardised, cannot be written, so such a moment is given in UTC.
    package func rfc3339(_ moment: Timestamp) -> String {
        let offset = zone.offset(at: moment.seconds)
        let isUTC = zone.isUTC || offset % 60 != 0
        let fraction = milliseconds(moment)
        return civil(moment, offset: isUTC ? 0 : offset)
            + (fraction == 0 ? "" : "." + padded(fraction, width: 3))
            + (isUTC ? "Z" : offsetText(offset))
    }

    /// .NET's round-trip format `o`: `2018-11-04T01:30:00.0000000-07:00`.
    package func roundTrip(_ moment: Timestamp) -> String {
        let offset = zone.offset(at: moment.seconds)
        return civil(moment, offset: offset) + "." + padded(milliseconds(moment), width: 3) + "0000"
            + offsetText(offset)
    }

    /// .NET's least time in the round-trip format, which the real host shows for what has never happened; with the offset that
    /// another moment has.
    package func never(besides moment: Timestamp) -> String {
        "0001-01-01T00:00:00.0000000" + offsetText(zone.offset(at: moment.seconds))
    }

    /// The real host's form for coming occurrences, `11/04/2018 01:30:00-07:00`, in UTC `11/04/2018 08:30:00Z`.
    package func occurrence(_ moment: Timestamp) -> String {
        let offset = zone.offset(at: moment.seconds)
        let time = CivilTime(secondsSinceEpoch: moment.seconds + offset)
        let date = "\(padded(time.month, width: 2))/\(padded(time.day, width: 2))/\(padded(time.year, width: 4))"
        return "\(date) \(clock(time))" + (zone.isUTC ? "Z" : offsetText(offset))
    }

    private func milliseconds(_ moment: Timestamp) -> Int64 { moment.milliseconds - moment.seconds * 1000 }

    private func civil(_ moment: Timestamp, offset: Int64) -> String {
        let time = CivilTime(secondsSinceEpoch: moment.seconds + offset)
        return
            "\(padded(time.year, width: 4))-\(padded(time.month, width: 2))-\(padded(time.day, width: 2))T\(clock(time))"
    }

    private func clock(_ time: CivilTime) -> String {
        "\(padded(time.hour, width: 2)):\(padded(time.minute, width: 2)):\(padded(time.second, width: 2))"
    }

    /// `±hh:mm`.
    private func offsetText(_ offset: Int64) -> String {
        let minutes = offset.magnitude / 60
        return (offset < 0 ? "-" : "+") + padded(minutes / 60, width: 2) + ":" + padded(minutes % 60, width: 2)
    }
}
