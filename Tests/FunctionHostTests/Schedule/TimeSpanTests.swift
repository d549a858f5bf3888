import FunctionHost
import FunctionKit
import Testing

/// .NET's reading of a length of time.
@Suite struct TimeSpanTests {
    private static let readsRows: [(String, Int64, String)] = [
        ("00:05:00", 300_000, "00:05:00"),
        ("0:5", 300_000, "00:05:00"),
        ("1:2:3", 3_723_000, "01:02:03"),
        ("23:59:59.9999999", 86_399_999, "23:59:59.9999999"),
        ("00:00:00.5", 500, "00:00:00.5000000"),
        ("1.02:03", 93_780_000, "1.02:03:00"),
        ("1.02:03:04", 93_784_000, "1.02:03:04"),
        ("1:02:03:04", 93_784_000, "1.02:03:04"),
        ("1.02:03:04.25", 93_784_250, "1.02:03:04.2500000"),
        ("7", 604_800_000, "7.00:00:00"),
        ("24:00:00", 2_073_600_000, "24.00:00:00"),
        ("25:10:59", 2_199_540_000, "25.10:59:00"),
        ("  00:05:00\t", 300_000, "00:05:00"),
        ("-00:05:00", -300_000, "-00:05:00"),
        ("00:00", 0, "00:00:00"),
    ]

    @Test(arguments: readsRows)
    func reads(_ text: String, _ milliseconds: Int64, _ constant: String) throws {
        let span = try #require(TimeSpan(text))
        #expect(span.duration.wholeMilliseconds == milliseconds)
        #expect(span.description == constant)
    }

    private static let refusesRows: [String] = [
        "", " ", "x", "5m", "00:05:00x", "24:00", "00:60", "00:00:60", "24:24:00", "24:00:00.5", "1.24:00", "1.2",
        ":05",
        "05:", "00::05", "00:05:", "1.2.3", "1 2", "10675200", "10675199.23:59:59", "00:00:00.12345678", "+1", "--1",
        "9999999999", "00:00000000000000000000005", "٣", "1:2:3:4:5", "1.2:3:4:5",
    ]

    @Test(arguments: refusesRows)
    func refuses(_ text: String) { #expect(TimeSpan(text) == nil) }

    @Test func comesFromADuration() {
        #expect(TimeSpan(.milliseconds(90_061_001)).description == "1.01:01:01.0010000")
    }
}
