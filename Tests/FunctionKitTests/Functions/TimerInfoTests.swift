import FoundationEssentials
import FunctionKit
import Testing

/// The JSON of a timer's payload: exactly what the real host hands over.
@Suite struct TimerInfoTests {
    private struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var info: TimerInfo
        var json: String
        var testDescription: String { name }
    }

    private static func at(_ text: String) -> Timestamp { Timestamp(text) ?? .earliestText }

    private static let rows: [Row] = [
        Row(
            name: "without a monitor",
            info: TimerInfo(),
            json: #"{"IsPastDue":false,"Schedule":{"AdjustForDST":true},"ScheduleStatus":null}"#
        ),
        Row(
            name: "past due",
            info: TimerInfo(
                isPastDue: true,
                status: .init(
                    last: at("2026-11-20T12:00:00.250Z"),
                    next: at("2026-11-20T12:05:00Z"),
                    lastUpdated: at("2026-11-20T12:00:00.001Z")
                )
            ),
            json: #"{"IsPastDue":true,"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"#
                + #""Last":"2026-11-20T12:00:00.25+00:00","LastUpdated":"2026-11-20T12:00:00.001+00:00","#
                + #""Next":"2026-11-20T12:05:00+00:00"}}"#
        ),
        Row(
            name: "a period that never ran",
            info: TimerInfo(
                status: .init(last: nil, next: at("2026-11-20T12:05:00Z"), lastUpdated: at("2026-11-20T12:00:00Z")),
                adjustsForDST: false
            ),
            json: #"{"IsPastDue":false,"Schedule":{"AdjustForDST":false},"ScheduleStatus":{"#
                + #""Last":"0001-01-01T00:00:00+00:00","LastUpdated":"2026-11-20T12:00:00+00:00","#
                + #""Next":"2026-11-20T12:05:00+00:00"}}"#
        ),
    ]

    @Test(arguments: rows)
    private func encodesAndDecodes(_ row: Row) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(String(decoding: try encoder.encode(row.info), as: UTF8.self) == row.json)
        #expect(try JSONDecoder().decode(TimerInfo.self, from: Data(row.json.utf8)) == row.info)
    }

    @Test(arguments: [
        ("0001-01-01T00:00:00", nil), ("0001-01-01T00:00:00+01:00", nil), ("0001-01-01T00:00:00-08:00", nil),
        ("2026-11-20T13:00:00.1234567+01:00", "2026-11-20T12:00:00.123Z"),
        ("2026-11-20T04:00:00-08:00", "2026-11-20T12:00:00Z"),
    ])
    func readsAnyOffset(last: String, moment: String?) throws {
        let json =
            #"{"ScheduleStatus":{"Last":"\#(last)","Next":"2026-11-20T12:05:00Z","LastUpdated":"2026-11-20T12:00:00Z"}}"#
        let info = try JSONDecoder().decode(TimerInfo.self, from: Data(json.utf8))
        #expect(info.status?.last == moment.map(Self.at))
        #expect(info.adjustsForDST)
        #expect(!info.isPastDue)
    }

    @Test(arguments: [
        "[]", #"{"IsPastDue":"yes"}"#, #"{"ScheduleStatus":{}}"#,
        #"{"ScheduleStatus":{"Last":"yesterday","Next":"2026-11-20T12:05:00Z","LastUpdated":"2026-11-20T12:00:00Z"}}"#,
    ])
    func refusesOtherThings(json: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(TimerInfo.self, from: Data(json.utf8)) }
    }
}
