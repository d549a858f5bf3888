import FunctionKit
import Testing

@testable import Portal

/// The dates of `Retry-After`, and the pauses of our own.
struct HTTPDateTests {
    @Test(
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
        ] as [(String, Int64)]
    )
    func reads(_ text: String, _ seconds: Int64) {
        #expect(HTTPDate.parse(text) == Timestamp(seconds: seconds))
    }

    @Test(arguments: [
        "", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun,  06 Nov 1994 08:49:37 GMT",
    ])
    func refuses(_ text: String) { #expect(HTTPDate.parse(text) == nil) }

    @Test(
        arguments: [
            (1, 0.0, 250), (1, 1.0, 500), (2, 1.0, 1000), (3, 0.0, 1000), (5, 1.0, 8000), (60, 1.0, 8000),
            (60, 0.0, 4000),
        ] as [(Int, Double, Int64)]
    )
    func pausesGrowToABound(_ attempts: Int, _ fraction: Double, _ milliseconds: Int64) {
        #expect(RetryPolicy().pause(afterAttempts: attempts, fraction: fraction) == .milliseconds(milliseconds))
    }
}
