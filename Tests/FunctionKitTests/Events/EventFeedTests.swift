import FunctionKit
import FunctionTesting
import Testing

/// Event streams as bodies: events, silence, ends.
@Suite(.timeLimit(.minutes(5))) struct EventFeedTests {
    private struct Broken: Error {}

    private static func text(_ source: HTTPBody.Source) async throws -> String? {
        try await source().map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func headers() throws {
        let response = HTTPResponse.events(clock: ManualClock()) { nil }
        #expect(response.status == .ok)
        #expect(
            response.headers
                == ["Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"]
        )
        #expect(response.body.length == nil)
        #expect(response.body.isStreamed)
    }

    @Test func givesEventsToTheEnd() async throws {
        let events = try (1...3).map { try ServerSentEvent(data: "\($0)") }
        let stream = AsyncStream { continuation in
            for event in events { continuation.yield(event) }
            continuation.finish()
        }
        let body = HTTPResponse.events(stream, clock: ManualClock()).body
        let bytes = try await body.collect()
        #expect(String(decoding: bytes, as: UTF8.self) == "data: 1\n\ndata: 2\n\ndata: 3\n\n")
    }

    @Test func passesAFailureOn() async throws {
        let source = HTTPResponse.events(clock: ManualClock()) { throw Broken() }.body.makeSource()
        await #expect(throws: Broken.self) { try await source() }
    }

    @Test func commentsOnSilenceAndLosesNoEvent() async throws {
        let clock = ManualClock()
        let (stream, continuation) = AsyncStream.makeStream(of: ServerSentEvent.self)
        let source = HTTPResponse.events(stream, clock: clock, heartbeat: .seconds(5)).body.makeSource()
        for _ in 0..<3 {
            async let beat = Self.text(source)
            await clock.waitForSleepers()
            clock.advance(by: .seconds(4))
            await clock.waitForSleepers()
            clock.advance(by: .seconds(1))
            #expect(try await beat == ":\n\n")
        }
        async let event = Self.text(source)
        await clock.waitForSleepers()
        continuation.yield(try ServerSentEvent(data: "late"))
        #expect(try await event == "data: late\n\n")
        continuation.finish()
        #expect(try await source() == nil)
    }

    @Test(arguments: [nil, Duration.zero, .seconds(-1)])
    func isSilentWithoutAHeartbeat(heartbeat: Duration?) async throws {
        let clock = ManualClock()
        let (stream, continuation) = AsyncStream.makeStream(of: ServerSentEvent.self)
        let source = HTTPResponse.events(stream, clock: clock, heartbeat: heartbeat).body.makeSource()
        async let event = Self.text(source)
        clock.advance(by: .seconds(1000))
        continuation.yield(try ServerSentEvent(data: "x"))
        #expect(try await event == "data: x\n\n")
        #expect(clock.timeToNextSleeper == nil)
    }

    @Test func cancelsItsSourceWithItsReader() async throws {
        let (ended, end) = AsyncStream.makeStream(of: Bool.self)
        let source = HTTPResponse.events(clock: ManualClock(), heartbeat: .seconds(5)) {
            do { try await Task.sleep(for: .seconds(3600)) } catch { end.yield(true) }
            return nil
        }.body.makeSource()
        let clock = ContinuousClock()
        let reader = Task { try await source() }
        try await clock.sleep(for: .milliseconds(1))
        reader.cancel()
        await #expect(throws: CancellationError.self) { try await reader.value }
        for await isCancelled in ended {
            #expect(isCancelled)
            break
        }
    }

    @Test func cancelsItsSourceWithItsBody() async throws {
        let clock = ManualClock()
        let (ended, end) = AsyncStream.makeStream(of: Bool.self)
        do {
            let source = HTTPResponse.events(clock: clock, heartbeat: .seconds(5)) {
                do { try await Task.sleep(for: .seconds(3600)) } catch { end.yield(true) }
                return nil
            }.body.makeSource()
            // A comment leaves the source waiting for its event, and nobody waiting for the source.
            async let beat = source()
            await clock.waitForSleepers()
            clock.advance(by: .seconds(5))
            #expect(try await beat != nil)
        }
        for await isCancelled in ended {
            #expect(isCancelled)
            break
        }
    }
}
