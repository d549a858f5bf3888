import FunctionKit
import Testing

@testable import HTTPServer

/// Deadlines, driven by hand.
@Suite struct TimeTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func harness(answers: Bool = true, callTime: Duration? = nil) -> ConnectionHarness {
        var configuration = HTTPServerConfiguration()
        configuration.headerTime = .seconds(10)
        configuration.idleTime = .seconds(75)
        configuration.bodyGraceTime = .seconds(5)
        configuration.bodyBytesPerSecondMin = 100
        configuration.bodyInMemoryBytesMax = 10_000
        configuration.writeStallTime = .seconds(30)
        configuration.lingerTime = .seconds(2)
        configuration.callTime = callTime
        return ConnectionHarness(configuration) { _ in answers ? .text("ok") : nil }
    }

    @Test func closesAClientThatSaysNothing() {
        var harness = Self.harness()
        harness.advance(to: 9_999)
        #expect(!harness.isClosed)
        harness.advance(to: 10_000)
        #expect(harness.isClosed)
        #expect(harness.text.isEmpty)
    }

    @Test func refusesASlowHeader() {
        var harness = Self.harness()
        for second in 0..<10 {
            harness.advance(to: Int64(second) * 1000)
            harness.receive(Array(Self.get.utf8.dropFirst(second).prefix(1)))
        }
        #expect(harness.statuses == [])
        harness.advance(to: 10_000)
        #expect(harness.statuses == [408])
        #expect(harness.isLingering)
        harness.advance(to: 12_000)
        #expect(harness.isClosed)
    }

    @Test func answersForACallThatTakesTooLong() {
        var harness = Self.harness(answers: false, callTime: .seconds(60))
        harness.advance(to: 1_000)
        harness.receive(Self.get)
        harness.advance(to: 60_999)
        #expect(harness.statuses == [])
        #expect(harness.timeoutCount == 0)
        harness.advance(to: 61_000)
        #expect(harness.statuses == [500])
        #expect(harness.timeoutCount == 1)
        // Nobody is told why, as with any function that fails.
        #expect(harness.text.hasSuffix("Content-Length: 0\r\nConnection: close\r\n\r\n"))
        #expect(harness.isLingering)
    }

    @Test func forgetsTheCallTimeOnceTheCallHasAnswered() {
        var harness = Self.harness(callTime: .seconds(60))
        harness.receive(Self.get)
        harness.advance(to: 74_999)
        #expect(harness.statuses == [200])
        #expect(!harness.isClosed)
    }

    @Test func closesAnIdleConnection() {
        var harness = Self.harness()
        harness.advance(to: 5_000)
        harness.receive(Self.get)
        harness.advance(to: 79_999)
        #expect(!harness.isClosed)
        harness.advance(to: 80_000)
        #expect(harness.isClosed)
        #expect(harness.statuses == [200])
    }

    @Test func countsTheHeaderTimeFromItsFirstByte() {
        var harness = Self.harness()
        harness.receive(Self.get)
        harness.advance(to: 70_000)
        harness.receive("G")
        harness.advance(to: 79_999)
        #expect(harness.statuses == [200])
        harness.advance(to: 80_000)
        #expect(harness.statuses == [200, 408])
    }

    @Test func refusesASlowBody() {
        var harness = Self.harness()
        harness.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        harness.advance(to: 4_999)
        harness.receive(String(repeating: "x", count: 100))
        harness.advance(to: 5_999)
        #expect(harness.statuses == [])
        harness.advance(to: 6_000)
        #expect(harness.statuses == [408])
        #expect(harness.isLingering)
    }

    @Test func answersASlowStreamedBodyInPlaceOfTheCall() {
        var harness = Self.harness(answers: false)
        harness.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\nx")
        harness.advance(to: 5_100)
        #expect(harness.events == ["failBody 408", "cancel"])
        #expect(harness.statuses == [408])
        harness.respond(.text("late"))
        #expect(harness.statuses == [408])
    }

    /// A reader that takes each byte at once is no excuse for a client that sends one now and then.
    @Test func refusesASlowBodyWhoseReaderKeepsUp() {
        var harness = Self.harness(answers: false)
        harness.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\nx")
        for time in stride(from: 1_000, through: 5_000, by: 1_000) {
            harness.advance(to: Int64(time))
            harness.receive("x")
            harness.resumeBody()
        }
        harness.advance(to: 5_200)
        #expect(harness.statuses == [408])
    }

    @Test func doesNotBlameTheClientForASlowReader() {
        var harness = Self.harness(answers: false)
        harness.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\nx")
        harness.pauseBody()
        harness.advance(to: 100_000)
        #expect(harness.events == [])
        harness.resumeBody()
        harness.advance(to: 104_000)
        #expect(harness.events == [])
    }

    @Test func setsNoLimitToARunningCall() {
        var harness = Self.harness(answers: false)
        harness.receive(Self.get)
        harness.advance(to: 1_000_000)
        harness.respond(.text("ok"))
        #expect(harness.statuses == [200])
    }

    @Test func endsAConnectionThatTakesNothing() {
        var harness = Self.harness()
        harness.isSocketBlocked = true
        harness.receive(Self.get)
        harness.advance(to: 29_999)
        #expect(!harness.isClosed)
        harness.advance(to: 30_000)
        #expect(harness.isClosed)
        #expect(harness.events == ["cancel"])
    }

    @Test func endsWhenDrained() {
        var idle = Self.harness()
        idle.receive(Self.get)
        idle.drain()
        #expect(idle.isClosed)
        var busy = Self.harness(answers: false)
        busy.receive(Self.get)
        busy.drain()
        #expect(!busy.isClosed)
        busy.respond(.text("ok"))
        #expect(busy.text.contains("Connection: close\r\n"))
        #expect(busy.isClosed)
        var reading = Self.harness()
        reading.receive("GET / HT")
        reading.drain()
        #expect(!reading.isClosed)
        reading.receive("TP/1.1\r\nHost: a\r\n\r\n")
        #expect(reading.statuses == [200])
        #expect(reading.isClosed)
    }

    @Test func treatsTheEndOfInputByWhatIsUnderWay() {
        var idle = Self.harness()
        idle.receiveEnd()
        #expect(idle.isClosed && idle.text.isEmpty)
        var inside = Self.harness()
        inside.receive("GET / HT")
        inside.receiveEnd()
        #expect(inside.statuses == [400] && inside.isClosed)
        var waiting = Self.harness(answers: false)
        waiting.receive(Self.get + Self.get)
        waiting.receiveEnd()
        waiting.respond(.text("1"))
        #expect(!waiting.isClosed)
        waiting.respond(.text("2"))
        #expect(waiting.statuses == [200, 200] && waiting.isClosed)
    }
}
