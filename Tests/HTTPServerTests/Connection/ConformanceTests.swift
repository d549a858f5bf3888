import FunctionKit
import Testing

@testable import HTTPServer

/// Bytes from a client → the statuses it gets and whether the connection stays open; in one piece, byte by byte, and cut
/// at every position.
@Suite struct ConformanceTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var input: String
        var statuses: [Int]
        var isOpen: Bool
        /// Whether the client ends its side behind the bytes.
        var endsInput: Bool
        var testDescription: String { input.debugDescription.prefix(90) + "" }

        init(_ input: String, _ statuses: [Int], _ end: End) {
            self.input = input
            self.statuses = statuses
            isOpen = end == .open
            endsInput = end == .halfClosed
        }

        /// How the connection is left; one whose client has ended its side is closed.
        enum End { case open, closed, halfClosed }
    }

    /// The final statuses: 100 depends on whether the body came with the header.
    private static func outcome(_ pieces: [[UInt8]], endsInput: Bool) -> (statuses: [Int], isOpen: Bool) {
        var harness = ConnectionHarness(ConformanceTests.configuration)
        for piece in pieces { harness.receive(piece) }
        if endsInput { harness.receiveEnd() }
        return (harness.statuses.filter { $0 != 100 }, !harness.isClosed && !harness.isLingering)
    }

    private static let configuration: HTTPServerConfiguration = {
        var configuration = HTTPServerConfiguration()
        configuration.requestLineBytesMax = 200
        configuration.headerBytesMax = 400
        configuration.headerCountMax = 10
        configuration.bodyBytesMax = 1000
        configuration.chunkLineBytesMax = 32
        return configuration
    }()

    @Test(arguments: ConformanceRows.all)
    func row(_ row: Row) {
        let bytes = Array(row.input.utf8)
        func outcome(_ pieces: [[UInt8]]) -> (statuses: [Int], isOpen: Bool) {
            Self.outcome(pieces, endsInput: row.endsInput)
        }
        let whole = outcome([bytes])
        #expect(whole.statuses == row.statuses)
        #expect(whole.isOpen == row.isOpen)
        #expect(outcome(bytes.map { [$0] }) == whole, "byte by byte")
        let differing = bytes.indices.dropFirst().filter { cut in
            outcome([Array(bytes[..<cut]), Array(bytes[cut...])]) != whole
        }
        #expect(differing == [], "cuts with another outcome")
        // What is read byte by byte is never taken for a header that is known.
        let repeated = bytes + bytes + bytes
        #expect(outcome([bytes, bytes, bytes]) == outcome(repeated.map { [$0] }), "three times in a row")
        let known = Array("GET /known HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        let behind = outcome([known, known, known, bytes])
        #expect(behind == ([200, 200, 200] + whole.statuses, whole.isOpen), "behind a header that is known")
    }

    @Test func tableIsLargeEnough() { #expect(ConformanceRows.all.count >= 400) }
}
