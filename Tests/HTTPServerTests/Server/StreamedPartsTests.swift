import Testing

@testable import HTTPServer

/// The one part that a source is ahead of its socket.
struct StreamedPartsTests {
    private static func text(_ part: StreamedParts.Part?) -> String {
        switch part {
        case .chunk(let bytes): String(decoding: bytes, as: UTF8.self)
        case .end: "end"
        case .failed: "failed"
        case nil: "-"
        }
    }

    /// `?` asks for the next part, anything else is one that arrives.
    @Test(arguments: [
        (["a", "?", "?"], ["-", "a", "-"]), (["?", "a", "b", "?", "?"], ["-", "a", "-", "b", "-"]),
        (["a", "end", "?", "?"], ["-", "-", "a", "end"]), (["?", "end"], ["-", "end"]),
        (["a", "failed", "?", "?"], ["-", "-", "a", "failed"]), (["?", "failed", "?"], ["-", "failed", "-"]),
    ])
    func givesEachPartOnceAndInOrder(steps: [String], expected: [String]) {
        var parts = StreamedParts()
        let given = steps.map { step in
            switch step {
            case "?": Self.text(parts.want())
            case "end": Self.text(parts.arrive(.end))
            case "failed": Self.text(parts.arrive(.failed))
            default: Self.text(parts.arrive(.chunk(Array(step.utf8))))
            }
        }
        #expect(given == expected)
    }
}
