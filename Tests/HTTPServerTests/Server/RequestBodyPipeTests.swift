import Testing

@testable import HTTPServer

/// What waits of an upload between the loop and the function that reads it.
struct RequestBodyPipeTests {
    /// Each part costs memory beside its bytes, and a client chooses how small they are.
    @Test func smallPartsAreJoinedWhileTheyWait() async throws {
        let pipe = RequestBodyPipe(byteCountMax: 1 << 20) {}
        let bytes = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for byte in bytes { #expect(pipe.push([byte])) }
        pipe.finish()
        var parts: [[UInt8]] = []
        while let part = try await pipe.next() { parts.append(part) }
        #expect(parts.map(\.count) == [16_384, 16_384, 7232])
        #expect(Array(parts.joined()) == bytes)
    }

    @Test func largePartsStayAsTheyAre() async throws {
        let pipe = RequestBodyPipe(byteCountMax: 50_000) {}
        #expect(pipe.push(Array(repeating: 1, count: 20_000)))
        #expect(pipe.push([2]))
        #expect(pipe.push(Array(repeating: 3, count: 16_384)))
        // What waits is bounded by its bytes, joined or not.
        #expect(!pipe.push(Array(repeating: 4, count: 20_000)))
        pipe.finish()
        var counts: [Int] = []
        while let part = try await pipe.next() { counts.append(part.count) }
        #expect(counts == [20_000, 1, 16_384, 20_000])
    }
}
