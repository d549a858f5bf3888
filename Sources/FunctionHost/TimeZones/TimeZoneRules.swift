/// The offsets of a time zone over all time: the transitions of a TZif file, then the rule of its footer.
package struct TimeZoneRules: Sendable {
    /// The IANA name: `Europe/Berlin`.
    package let identifier: String
    /// True when the zone's clocks are or were changed for daylight-saving.
    package let observesDaylightSaving: Bool

    private let initialOffset: Int
    private let transitions: [Transition]
    private let footer: PosixTimeZone?

    /// A change of the offset.
    struct Transition: Sendable {
        /// Seconds since the Unix epoch.
        var instant: Int64
        /// Seconds east of UTC from then on.
        var offset: Int
        var isDaylightSaving: Bool
    }

    /// A time with one offset, from `start` up to but not including `end`, in seconds since the Unix epoch.
    struct Period: Sendable {
        var start: Int64
        var end: Int64
        var offset: Int
    }

    /// Universal time, which needs no file.
    package static let utc = TimeZoneRules(identifier: "UTC", initialOffset: 0, transitions: [], footer: nil)

    /// Makes a zone; the transitions ascend.
    init(identifier: String, initialOffset: Int, transitions: [Transition], footer: PosixTimeZone?) {
        self.identifier = identifier
        self.initialOffset = initialOffset
        self.transitions = transitions
        self.footer = footer
        observesDaylightSaving = footer?.daylight != nil || transitions.contains(where: \.isDaylightSaving)
    }

    /// True for ``utc``, whose times are written with `Z`.
    package var isUTC: Bool { identifier == "UTC" }

    /// Seconds east of UTC at an instant in seconds since the Unix epoch.
    package func offset(at instant: Int64) -> Int64 { Int64(period(at: instant).offset) }

    /// The period that an instant lies in.
    func period(at instant: Int64) -> Period {
        let index = count(notAfter: instant)
        let start = index == 0 ? Int64.min : transitions[index - 1].instant
        if index == transitions.count, let footer {
            let period = footer.period(at: instant)
            return Period(start: max(start, period.start), end: period.end, offset: period.offset)
        }
        return Period(
            start: start,
            end: index == transitions.count ? Int64.max : transitions[index].instant,
            offset: index == 0 ? initialOffset : transitions[index - 1].offset
        )
    }

    /// How many transitions lie at or before an instant.
    private func count(notAfter instant: Int64) -> Int {
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].instant <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
