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
        var testDescription: String { input.debugDescription.prefix(90) + "" }

        init(_ input: String, _ statuses: [Int], _ end: End) {
            self.input = input
            self.statuses = statuses
            isOpen = end == .open
        }

        enum End { case open, closed }
    }

    private static func outcome(_ pieces: [[UInt8]]) -> (statuses: [Int], isOpen: Bool) {
        var harness = ConnectionHarness(ConformanceTests.configuration)
        for piece in pieces { harness.receive(piece) }
        return (harness.statuses, !harness.isClosed && !harness.isLingering)
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
        let whole = Self.outcome([bytes])
        #expect(whole.statuses == row.statuses)
        #expect(whole.isOpen == row.isOpen)
        #expect(Self.outcome(bytes.map { [$0] }) == whole, "byte by byte")
        let differing = bytes.indices.dropFirst().filter { cut in
            Self.outcome([Array(bytes[..<cut]), Array(bytes[cut...])]) != whole
        }
        #expect(differing == [], "cuts with another outcome")
    }

    @Test func tableIsLargeEnough() { #expect(ConformanceRows.all.count >= 150) }
}
