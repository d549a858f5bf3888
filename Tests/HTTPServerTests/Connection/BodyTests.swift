import FunctionKit
import Testing

@testable import HTTPServer

/// Request bodies in memory and as streams.
@Suite struct BodyTests {
    private static func harness(answers: Bool = true) -> ConnectionHarness {
        var configuration = HTTPServerConfiguration()
        configuration.bodyInMemoryBytesMax = 10
        configuration.bodyBytesMax = 100
        configuration.unreadBodyBytesMax = 20
        return ConnectionHarness(configuration) { _ in answers ? .text("ok") : nil }
    }

    private static func post(_ field: String) -> String { "POST / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n" }

    @Test func gathersASmallBody() {
        var harness = Self.harness()
        harness.receive(Self.post("Content-Length: 10") + "01234")
        #expect(harness.requests.isEmpty)
        harness.receive("56789")
        #expect(harness.requests.first?.body.bytes == Array("0123456789".utf8))
        #expect(harness.statuses == [200])
    }

    @Test func gathersASmallChunkedBody() {
        var harness = Self.harness()
        harness.receive(Self.post("Transfer-Encoding: chunked") + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n")
        #expect(harness.requests.first?.body.bytes == Array("abcde".utf8))
        #expect(harness.requests.first?.headers["T"] == nil)
    }

    @Test func streamsALargeBody() {
        var harness = Self.harness(answers: false)
        harness.receive(Self.post("Content-Length: 12") + "0123")
        #expect(harness.requests.count == 1)
        #expect(harness.streamed == Array("0123".utf8))
        harness.receive("45678901")
        #expect(harness.streamed == Array("012345678901".utf8))
        #expect(harness.events == ["endBody"])
        harness.respond(.text("ok"))
        #expect(harness.statuses == [200])
        #expect(!harness.isClosed)
    }

    @Test func takesPartsOfALargeBodyAsTheyAre() {
        var harness = Self.harness(answers: false)
        #expect(harness.state.streamableBytes == nil)
        harness.receive(Self.post("Content-Length: 12") + "0123")
        #expect(harness.state.streamableBytes == 8)
        harness.pauseBody()
        #expect(harness.state.streamableBytes == nil)
        harness.resumeBody()
        harness.receiveBody("4567")
        #expect(harness.state.streamableBytes == 4)
        #expect(harness.events.isEmpty)
        harness.receiveBody("8901")
        #expect(harness.streamed == Array("012345678901".utf8))
        #expect(harness.events == ["endBody"])
        #expect(harness.state.streamableBytes == nil)
        harness.respond(.text("ok"))
        // The next request is none of the body's business.
        harness.receive(Self.post("Content-Length: 3") + "abc")
        #expect(harness.requests.last?.body.bytes == Array("abc".utf8))
        harness.respond(.text("ok"))
        #expect(harness.statuses == [200, 200])
    }

    @Test func looksAtEveryOtherBody() {
        for start in [
            Self.post("Content-Length: 9") + "0", Self.post("Transfer-Encoding: chunked") + "b\r\n01234567890\r\n",
        ] {
            var harness = Self.harness(answers: false)
            harness.receive(start)
            #expect(harness.state.streamableBytes == nil)
        }
    }

    @Test func streamsAChunkedBodyOnceItGrowsLarge() {
        var harness = Self.harness(answers: false)
        harness.receive(Self.post("Transfer-Encoding: chunked") + "8\r\n01234567\r\n")
        #expect(harness.requests.isEmpty)
        harness.receive("8\r\n01234567\r\n")
        #expect(harness.requests.count == 1)
        harness.receive("1\r\nx\r\n0\r\n\r\n")
        #expect(harness.streamed == Array("0123456701234567x".utf8))
        #expect(harness.events == ["endBody"])
    }

    @Test func stopsReadingWhenTheReaderIsSlow() {
        var harness = Self.harness(answers: false)
        harness.receive(Self.post("Content-Length: 30") + "0123")
        harness.pauseBody()
        #expect(!harness.state.wantsInput)
        harness.receive("4567")
        #expect(harness.streamed.count == 4)
        harness.resumeBody()
        #expect(harness.streamed.count == 8)
        #expect(harness.state.wantsInput)
    }

    @Test func keepsTheConnectionWhenLittleIsUnread() {
        var harness = Self.harness()
        harness.receive(Self.post("Content-Length: 20") + "0123")
        #expect(harness.statuses == [200])
        #expect(harness.events == ["dropBody"])
        harness.receive("4567890123456789GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(harness.statuses == [200, 200])
        #expect(!harness.isClosed && !harness.isLingering)
    }

    @Test func closesWhenMuchIsUnread() {
        var harness = Self.harness()
        harness.receive(Self.post("Content-Length: 50"))
        #expect(harness.text.contains("Connection: close\r\n"))
        #expect(harness.isLingering)
        harness.receive("more")
        #expect(!harness.isClosed)
        harness.receiveEnd()
        #expect(harness.isClosed)
    }

    @Test func closesWhenAnUnreadChunkedBodyGoesOn() {
        var harness = Self.harness()
        harness.receive(Self.post("Transfer-Encoding: chunked") + "b\r\n01234567890\r\n")
        #expect(harness.statuses == [200])
        harness.receive("20\r\n01234567890123456789")
        #expect(harness.isLingering)
    }

    @Test func refusesAChunkedBodyThatGrowsTooLarge() {
        var harness = Self.harness(answers: false)
        harness.receive(Self.post("Transfer-Encoding: chunked") + "20\r\n01234567890123456789012345678901\r\n")
        #expect(harness.requests.count == 1)
        harness.receive("60\r\n" + String(repeating: "x", count: 96))
        #expect(harness.events == ["failBody 413"])
        harness.respond(HTTPResponse(status: .contentTooLarge))
        #expect(harness.statuses == [413])
        #expect(harness.isLingering)
    }

    @Test func saysSoWhenABodyIsCutShort() {
        var streaming = Self.harness(answers: false)
        streaming.receive(Self.post("Content-Length: 12") + "0123")
        streaming.receiveEnd()
        #expect(streaming.events == ["failBody 400"])
        #expect(!streaming.isClosed)
        streaming.respond(.text("sorry", status: .badRequest))
        #expect(streaming.isClosed)
        var gathering = Self.harness()
        gathering.receive(Self.post("Content-Length: 9") + "0123")
        gathering.receiveEnd()
        #expect(gathering.statuses == [400])
        #expect(gathering.isClosed)
    }

    @Test func sendsContinueOnlyWhenItIsOfUse() {
        let go = "HTTP/1.1 100 Continue\r\n\r\n"
        var small = Self.harness()
        small.receive(Self.post("Content-Length: 3\r\nExpect: 100-continue"))
        #expect(small.text == go)
        small.receive("abc")
        #expect(small.statuses == [100, 200])
        var sent = Self.harness()
        sent.receive(Self.post("Content-Length: 3\r\nExpect: 100-Continue") + "abc")
        #expect(sent.statuses == [200])
        var large = Self.harness(answers: false)
        large.receive(Self.post("Content-Length: 30\r\nExpect: 100-continue"))
        #expect(large.text == "")
        large.resumeBody()
        #expect(large.text == go)
        var refused = Self.harness()
        refused.receive(Self.post("Content-Length: 101\r\nExpect: 100-continue"))
        #expect(refused.statuses == [413])
        var unwanted = Self.harness()
        unwanted.receive(Self.post("Content-Length: 15\r\nExpect: 100-continue"))
        #expect(unwanted.statuses == [200])
        #expect(unwanted.isLingering)
        var old = Self.harness()
        old.receive("POST / HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc")
        #expect(old.statuses == [200])
    }

    /// An answer that is made while the body is read: 100 comes before it, and never into it.
    @Test func continueNeverFollowsTheAnswer() {
        let go = "HTTP/1.1 100 Continue\r\n\r\n"
        let stream = HTTPResponse(body: HTTPBody(source: { nil }))
        var relay = Self.harness(answers: false)
        relay.receive(Self.post("Content-Length: 20\r\nExpect: 100-continue"))
        relay.respond(stream)
        #expect(relay.text.hasPrefix(go + "HTTP/1.1 200 OK\r\n"))
        #expect(!relay.text.contains("Connection: close"))
        relay.resumeBody()
        relay.receive(String(repeating: "b", count: 20))
        relay.sendChunk("abc")
        relay.sendEnd()
        #expect(relay.text.hasSuffix("\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
        #expect(relay.statuses == [100, 200])
        #expect(relay.streamed.count == 20)

        // An answer that needs no body: the client is not asked for it any more.
        var refusal = Self.harness(answers: false)
        refusal.receive(Self.post("Content-Length: 30\r\nExpect: 100-continue"))
        refusal.respond(HTTPResponse(status: 403, body: HTTPBody(source: { nil })))
        refusal.resumeBody()
        refusal.sendChunk("no")
        refusal.sendEnd()
        #expect(refusal.statuses == [403])
        #expect(refusal.text.contains("Connection: close\r\n"))
        #expect(refusal.isLingering)

        // Asked for, and answered before the owner came to send it.
        var late = Self.harness(answers: false)
        late.receive(Self.post("Content-Length: 30\r\nExpect: 100-continue"))
        late.resumeBody()
        late.respond(stream)
        #expect(late.statuses == [100, 200])
    }

    /// A request that lies behind a body when the server is about to stop is answered like the one before it.
    @Test func whatHasArrivedBehindABodyIsAnswered() {
        for behind in ["", "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"] {
            var harness = Self.harness()
            harness.receive(Self.post("Content-Length: 15") + "01234")
            #expect(harness.statuses == [200])
            harness.drain()
            #expect(!harness.isClosed)
            harness.receive("0123456789" + behind)
            #expect(harness.statuses == (behind.isEmpty ? [200] : [200, 200]))
            #expect(harness.text.contains("Connection: close") == !behind.isEmpty)
            #expect(harness.isClosed)
        }
    }

    /// Chunks of a byte each with long extensions: a body of many times the size of its content.
    @Test func extensionsAreBoundedInAll() {
        var harness = ConnectionHarness()
        harness.receive(Self.post("Transfer-Encoding: chunked"))
        let chunk = "1;\(String(repeating: "x", count: 240))\r\na\r\n"
        for _ in 0..<72 { harness.receive(chunk) }
        #expect(harness.statuses == [])
        harness.receive(chunk)
        #expect(harness.statuses == [400])
        #expect(harness.text.hasSuffix("Bad Request: The chunks' extensions are too long.\n"))

        // Small chunks without them are no worse than their content.
        var small = ConnectionHarness()
        small.receive(Self.post("Transfer-Encoding: chunked"))
        for _ in 0..<20_000 { small.receive("1\r\na\r\n") }
        small.receive("0\r\n\r\n")
        #expect(small.statuses == [200])
    }
}
