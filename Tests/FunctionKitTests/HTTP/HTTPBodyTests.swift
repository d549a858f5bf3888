import FunctionKit
import Testing

/// Bodies in memory and streamed.
struct HTTPBodyTests {
    private struct Broken: Error, Equatable {}

    /// A source that gives these chunks and then ends, or breaks.
    private static func source(_ chunks: [[UInt8]], breaks: Bool = false) -> HTTPBody.Source {
        let rest = LockedState(chunks[...])
        return {
            guard let chunk = rest.withLock({ $0.popFirst() }) else {
                if breaks { throw Broken() }
                return nil
            }
            return chunk
        }
    }

    private static func chunks(_ chunks: [[UInt8]]) -> AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            for chunk in chunks { continuation.yield(chunk) }
            continuation.finish()
        }
    }

    private static func read(_ source: HTTPBody.Source) async throws -> [[UInt8]] {
        var result: [[UInt8]] = []
        while let chunk = try await source() { result.append(chunk) }
        return result
    }

    @Test func bytesInMemoryCanBeReadAgainAndAgain() async throws {
        let body = HTTPBody("héllo")
        #expect(body.length == 6)
        #expect(body.bytes == Array("héllo".utf8))
        #expect(!body.isEmpty)
        #expect(try await body.collect() == Array("héllo".utf8))
        #expect(try await body.collect() == Array("héllo".utf8))
        let source = body.makeSource()
        #expect(try await Self.read(source) == [Array("héllo".utf8)])
        #expect(try await source() == nil)
        #expect(try await Self.read(body.makeSource()).count == 1)
    }

    @Test func anEmptyBodyHasNoChunks() async throws {
        #expect(HTTPBody.empty.isEmpty)
        #expect(HTTPBody.empty.length == 0)
        #expect(try await HTTPBody.empty.collect(upTo: 0).isEmpty)
        #expect(try await Self.read(HTTPBody.empty.makeSource()).isEmpty)
    }

    @Test func aSourceIsAskedUntilItEnds() async throws {
        let body = HTTPBody(source: Self.source([[1], [], [2, 3]]))
        #expect(body.length == nil)
        #expect(body.bytes == nil)
        #expect(!body.isEmpty)
        #expect(try await body.collect() == [1, 2, 3])
        #expect(try await body.collect().isEmpty)
    }

    @Test func aSequenceIsReadOnce() async throws {
        let body = HTTPBody(length: 3, chunks: Self.chunks([[1], [2, 3]]))
        #expect(body.length == 3)
        #expect(try await Self.read(body.makeSource()) == [[1], [2, 3]])
        #expect(try await body.collect().isEmpty)
    }

    @Test func aSequenceThatFailsFailsTheReader() async throws {
        let stream = AsyncThrowingStream<[UInt8], any Error> { continuation in
            continuation.yield([1])
            continuation.finish(throwing: Broken())
        }
        let source = HTTPBody(chunks: stream).makeSource()
        #expect(try await source() == [1])
        await #expect(throws: Broken.self) { try await source() }
    }

    @Test func aBrokenSourceIsNoShorterBody() async {
        let body = HTTPBody(source: Self.source([[1]], breaks: true))
        await #expect(throws: Broken.self) { try await body.collect() }
    }

    @Test(arguments: [0, 1, 2, 5]) func exactlyTheLimitIsAccepted(count: Int) async throws {
        let bytes = [UInt8](repeating: 7, count: count)
        for body in [
            HTTPBody(bytes), HTTPBody(source: Self.source(bytes.map { [$0] })), HTTPBody(source: Self.source([bytes])),
            HTTPBody(length: count, source: Self.source([bytes])),
        ] { #expect(try await body.collect(upTo: count) == bytes) }
    }

    @Test(arguments: [1, 2, 5]) func oneMoreThanTheLimitIsRefused(count: Int) async throws {
        let bytes = [UInt8](repeating: 7, count: count)
        for body in [
            HTTPBody(bytes), HTTPBody(source: Self.source(bytes.map { [$0] })), HTTPBody(source: Self.source([bytes])),
            HTTPBody(length: count, source: Self.source([bytes])),
        ] {
            let error = await #expect(throws: HTTPError.self) { try await body.collect(upTo: count - 1) }
            #expect(error?.description == "413 body_too_large: The request body is larger than \(count - 1) bytes.")
        }
    }

    @Test func aDeclaredLengthAloneTakesNoMemory() async throws {
        let body = HTTPBody(length: .max, source: Self.source([[1]]))
        #expect(try await body.collect(upTo: .max) == [1])
        #expect(try await HTTPBody(length: -1, source: Self.source([[1]])).collect() == [1])
    }

    @Test func aDeclaredLengthBeyondTheLimitIsRefusedUnread() async {
        let body = HTTPBody(length: 11) {
            Issue.record("The source was asked.")
            return nil
        }
        await #expect(throws: HTTPError.self) { try await body.collect(upTo: 10) }
    }

    @Test func theLimitIsOneMebibyteUnlessTold() async throws {
        #expect(HTTPBody.collectBytesMax == 1_048_576)
        #expect(try await HTTPBody([UInt8](repeating: 0, count: 1_048_576)).collect().count == 1_048_576)
        await #expect(throws: HTTPError.self) { try await HTTPBody([UInt8](repeating: 0, count: 1_048_577)).collect() }
    }
}
