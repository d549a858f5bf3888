import FoundationEssentials
import FunctionKit
import Testing

/// RFC 3339, read and written.
struct TimestampTextTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01t00:00:00z", 0),
            ("1970-01-01 00:00:00Z", 0),
            ("1970-01-01T00:00:00-00:00", 0),
            ("2026-11-20T12:14:00.123Z", 1_795_176_840_123),
            ("2026-11-20T12:14:00.1Z", 1_795_176_840_100),
            ("2026-11-20T12:14:00.12Z", 1_795_176_840_120),
            ("2026-11-20T12:14:00.0004Z", 1_795_176_840_000),
            ("2026-11-20T12:14:00.123999999999999999999999999Z", 1_795_176_840_123),
            ("2026-11-20T13:14:00+01:00", 1_795_176_840_000),
            ("2026-11-20T06:44:00-05:30", 1_795_176_840_000),
            ("2026-11-21T12:13:00+23:59", 1_795_176_840_000),
            ("1969-12-31T23:59:59.999Z", -1),
            ("1969-12-31T23:59:59Z", -1000),
            ("1900-02-28T23:59:59Z", -2_203_891_201_000),
            ("2000-02-29T00:00:00Z", 951_782_400_000),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000),
            ("2016-12-31T23:59:60.5Z", 1_483_228_800_500),
            ("2017-01-01T00:59:60+01:00", 1_483_228_800_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000),
            ("0001-01-01T00:00:00-00:01", -62_135_596_740_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] as [(String, Int64)]
    )
    func aTimeIsRead(text: String, milliseconds: Int64) {
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", " ", "Z", "now", "2026", "2026-11-20", "2026-11-20T12:14Z", "2026-11-20T12:14:00", "2026-11-20T12:14:00.Z",
        "2026-11-20T12:14:00.12", "2026-11-20T12:14:00,5Z", "2026-11-20T24:00:00Z", "2026-11-20T12:60:00Z",
        "2026-11-20T12:14:61Z", "2026-11-20T12:14:60Z", "2026-11-20T23:59:60+01:00", "2026-00-20T12:14:00Z",
        "2026-13-20T12:14:00Z", "2026-11-00T12:14:00Z", "2026-11-31T12:14:00Z", "2026-02-29T12:14:00Z",
        "1900-02-29T12:14:00Z", "2026-11-20T12:14:00+24:00", "2026-11-20T12:14:00+01:60", "2026-11-20T12:14:00+0100",
        "2026-11-20T12:14:00+1", "2026-11-20T12:14:00Z ", " 2026-11-20T12:14:00Z", "2026-11-20T12:14:00ZZ",
        "2026-11-20T12:14:00Z\0", "2026-11-20_12:14:00Z", "2026/11/20T12:14:00Z", "+2026-11-20T12:14:00Z",
        "-001-11-20T12:14:00Z", "12026-11-20T12:14:00Z", "226-11-20T12:14:00Z", "２026-11-20T12:14:00Z",
        "2026-11-2０T12:14:00Z", "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:60Z", "99999999999999999999", "\u{0}", "🕐",
    ])
    func anythingElseIsNone(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00Z"),
            (1_795_176_840_123, "2026-11-20T12:14:00.123Z", "2026-11-20T12:14:00Z"),
            (-1, "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59Z"),
            (-1000, "1969-12-31T23:59:59.000Z", "1969-12-31T23:59:59Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59Z"),
            (-62_135_596_800_001, "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00Z"),
            (253_402_300_800_000, "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59Z"),
            (.min, "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00Z"),
            (.max, "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59Z"),
        ] as [(Int64, String, String)]
    )
    func aMomentIsWritten(milliseconds: Int64, text: String, wholeSeconds: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(milliseconds: milliseconds).wholeSecondsText == wholeSeconds)
    }

    @Test func whatIsWrittenIsReadAgain() {
        let first = Timestamp.earliestText.milliseconds
        let last = Timestamp.latestText.milliseconds
        // A step without a factor in common with any unit, so that every field takes every value.
        let failures = stride(from: first, through: last, by: 7_919_000_123_457).filter {
            Timestamp(Timestamp(milliseconds: $0).description)?.milliseconds != $0
        }
        #expect(failures.isEmpty)
        #expect(Timestamp(Timestamp.earliestText.description) == .earliestText)
        #expect(Timestamp(Timestamp.latestText.description) == .latestText)
    }

    @Test func textsSortAsMomentsDo() {
        let moments = [Int64.min, -62_135_596_800_000, -86_400_001, -1, 0, 999, 1000, 253_402_300_799_999, .max]
        let texts = moments.map { Timestamp(milliseconds: $0).description }
        #expect(texts == texts.sorted())
    }

    @Test func aDocumentHoldsTheText() throws {
        let moment = Timestamp(milliseconds: 1_795_176_840_123)
        let bytes = try JSONEncoder().encode([moment])
        #expect(String(decoding: bytes, as: UTF8.self) == #"["2026-11-20T12:14:00.123Z"]"#)
        #expect(try JSONDecoder().decode([Timestamp].self, from: bytes) == [moment])
    }

    @Test(arguments: [#"["yesterday"]"#, "[12]", "[null]", #"["9999-12-31T23:59:59-23:59"]"#])
    func aDocumentWithoutATimeIsRefused(json: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Timestamp].self, from: Data(json.utf8)) }
    }
}
