import FunctionTesting
import Testing

@testable import FunctionKit

/// A state as bytes and back.
@Suite struct SavedStateTests {
    @Test(arguments: [1, 2, 3])
    func aStateComesBackAsItWas(_ seed: UInt64) throws {
        let fixture = try StateFixture.busy(seed: seed)
        let bytes = fixture.saved()
        var copy = fixture
        copy.state = try fixture.loaded(bytes)
        let again = copy.saved()
        #expect(again.count == bytes.count)
        var third = copy
        third.state = try copy.loaded(again)
        #expect(third.saved() == again)
        #expect(copy.state.lastSequence == fixture.state.lastSequence)
        #expect(copy.state.liveBytes == fixture.state.liveBytes)
        #expect(copy.state.declaredSchemas == fixture.state.declaredSchemas)
        #expect(copy.state.nextExpiry == fixture.state.nextExpiry)
        for index in [nil, "by_status", "by_tag", "by_name", "by_change"] as [String?] {
            #expect(try copy.ids(index) == fixture.ids(index))
        }
        fixture.state.forEachRecord { key, record in #expect(copy.state.heldRecord(key) == record) }
        #expect(try copy.contradictions() == [])
        // It goes on like the original.
        var original = fixture
        for number in 0..<200 {
            try original.put("later\(number)", #"{"n":\#(number)}"#)
            try copy.put("later\(number)", #"{"n":\#(number)}"#)
        }
        #expect(try copy.ids("by_status") == original.ids("by_status"))
        #expect(try copy.contradictions() == [])
    }

    @Test func anEmptyStateComesBack() throws {
        let fixture = try StateFixture()
        let state = try fixture.loaded(fixture.saved())
        #expect(state.documentCount == 0)
        #expect(state.lastSequence == 0)
    }

    @Test func piecesAreBounded() throws {
        var fixture = try StateFixture()
        let long = String(repeating: "x", count: 900)
        try fixture.declare(IndexDefinition("by_a", on: ["a", "b"]), IndexDefinition("by_b", on: ["b", "a"]))
        for batch in 0..<4 {
            try fixture.commit(
                try (0..<250).map {
                    let body = Array(#"{"a":"\#(long)\#($0)","b":"\#(long)\#(batch)"}"#.utf8)
                    return .init(try StateFixture.key("\(batch)-\($0)"), .create(.init(body: body)))
                }
            )
        }
        var pieces = fixture.state.pieces()
        var sizes: [Int] = []
        while let piece = pieces.next() { sizes.append(piece.count) }
        #expect(sizes.count > 1)
        #expect(sizes.allSatisfy { (1...1 << 20).contains($0) })
        #expect(try fixture.loaded(fixture.saved()).documentCount == 1000)
    }

    @Test func piecesShowTheMomentTheyWereAskedFor() throws {
        var fixture = try StateFixture.busy()
        let before = fixture.saved()
        var pieces = fixture.state.pieces()
        for number in 0..<300 { try fixture.put("later\(number)", "{}") }
        var bytes: [UInt8] = []
        while let piece = pieces.next() { bytes += piece }
        #expect(bytes == before)
    }

    @Test func aTruncatedStateIsRefused() throws {
        let fixture = try StateFixture.busy(steps: 60)
        let bytes = fixture.saved()
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: StateDecodingError.self) { try fixture.loaded(Array(bytes.prefix(count))) }
        }
        #expect(throws: StateDecodingError.self) {
            // A source that gives fewer bytes than it was asked for.
            _ = try PartitionState(tenant: fixture.state.tenant) { Array(bytes.prefix($0 - 1)) }
        }
    }

    @Test(arguments: [1, 2])
    func aChangedByteIsRefusedOrHarmless(_ seed: UInt64) throws {
        var fixture = try StateFixture.busy(seed: seed, steps: 150)
        let bytes = fixture.saved()
        let random = SeededRandomSource(seed: seed)
        var refused = 0
        for index in stride(from: 0, to: bytes.count, by: 3) {
            var changed = bytes
            changed[index] ^= UInt8(truncatingIfNeeded: random.next() % 255 + 1)
            guard let state = try? fixture.loaded(changed) else {
                refused += 1
                continue
            }
            // What was let through can be used: nothing in it leads outside.
            fixture.state = state
            _ = try fixture.ids()
            for index in state.schema(of: try CollectionName("notes"))?.indexes ?? [] {
                _ = try fixture.ids(index.name)
            }
            state.forEachRecord { key, record in #expect(state.heldRecord(key) == record) }
            _ = state.counts(at: fixture.now + .seconds(1000))
        }
        #expect(refused > 100)
    }

    @Test func filesBeyondTheLastAreRefused() throws {
        let fixture = try StateFixture.busy(steps: 20)
        #expect(throws: StateDecodingError("a record with an impossible file or revision")) {
            _ = try fixture.loaded(fixture.saved(), fileMax: 0)
        }
    }
}
