/// The JSON that Azure hands to a timer function (section 4.7 of the Azure reference):
///
///     {"Schedule":{"AdjustForDST":true},
///      "ScheduleStatus":{"Last":"2026-11-20T12:00:00+00:00","Next":"2026-11-20T12:05:00+00:00",
///                        "LastUpdated":"2026-11-20T12:00:00+00:00"},
///      "IsPastDue":false}
///
/// Times are written in UTC; what is read may have any offset. A function that never ran has `0001-01-01T00:00:00` as its `Last`, and
/// a timer whose progress is not kept has `null` as its `ScheduleStatus`.
extension TimerInfo: Codable {
    private struct Schedule: Codable {
        var adjustsForDST: Bool

        enum CodingKeys: String, CodingKey { case adjustsForDST = "AdjustForDST" }
    }

    private struct ScheduleStatus: Codable {
        var last: RoundTripTime
        var next: RoundTripTime
        var lastUpdated: RoundTripTime

        enum CodingKeys: String, CodingKey {
            case last = "Last"
            case next = "Next"
            case lastUpdated = "LastUpdated"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case schedule = "Schedule"
        case status = "ScheduleStatus"
        case isPastDue = "IsPastDue"
    }

    /// Decodes Azure's form; an absent `Schedule` adjusts, and an absent `IsPastDue` is false.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let schedule = try container.decodeIfPresent(Schedule.self, forKey: .schedule)
        let status = try container.decodeIfPresent(ScheduleStatus.self, forKey: .status)
        self.init(
            isPastDue: try container.decodeIfPresent(Bool.self, forKey: .isPastDue) ?? false,
            status: status.map {
                Status(
                    last: $0.last.moment,
                    next: $0.next.moment ?? .earliestText,
                    lastUpdated: $0.lastUpdated.moment ?? .earliestText
                )
            },
            adjustsForDST: schedule?.adjustsForDST ?? true
        )
    }

    /// Encodes Azure's form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Schedule(adjustsForDST: adjustsForDST), forKey: .schedule)
        let status = status.map {
            ScheduleStatus(
                last: RoundTripTime(moment: $0.last),
                next: RoundTripTime(moment: $0.next),
                lastUpdated: RoundTripTime(moment: $0.lastUpdated)
            )
        }
        // Written as null, not left out.
        try container.encode(status, forKey: .status)
        try container.encode(isPastDue, forKey: .isPastDue)
    }
}

/// A time as .NET writes it to JSON; nil for its least one, which stands for never.
private struct RoundTripTime: Codable {
    private static let never = "0001-01-01T00:00:00"
    var moment: Timestamp?

    init(moment: Timestamp?) { self.moment = moment }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        // The least time has the zone's offset, or none, and east of Greenwich it lies before the first moment that has a text.
        guard !text.hasPrefix(Self.never) else { return }
        guard let value = Timestamp(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "'\(text)' is not a time such as 2026-11-20T12:14:00+00:00."
            )
        }
        moment = value
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    private var text: String {
        guard let moment else { return Self.never + "+00:00" }
        let hasFraction = moment.milliseconds != moment.seconds * 1000
        var digits = Substring((hasFraction ? moment.description : moment.wholeSecondsText).dropLast())
        if hasFraction { while digits.last == "0" { digits.removeLast() } }
        return digits + "+00:00"
    }
}
