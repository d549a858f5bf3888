import FunctionKit
import Testing

@testable import HTTPServer

/// What stands on the wire for what a responder returns.
@Suite struct ResponseTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let old = "GET / HTTP/1.0\r\n\r\n"
    private static let date = "Date: Fri, 20 Nov 2026 12:00:00 GMT\r\n"

    private static func sent(_ request: String, _ response: HTTPResponse) -> String {
        var harness = ConnectionHarness { _ in response }
        harness.receive(request)
        return harness.text
    }

    @Test func plain() {
        #expect(
            Self.sent(Self.get, .text("hi"))
                == "HTTP/1.1 200 OK\r\n\(Self.date)Content-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: 2\r\n\r\nhi"
        )
    }

    @Test(arguments: [
        (get, HTTPResponse(status: 204), "HTTP/1.1 204 No Content\r\n\(date)\r\n"),
        (get, HTTPResponse(status: 204, body: HTTPBody("x")), "HTTP/1.1 204 No Content\r\n\(date)\r\n"),
        (get, HTTPResponse(status: 304), "HTTP/1.1 304 Not Modified\r\n\(date)\r\n"),
        (get, HTTPResponse(status: 299), "HTTP/1.1 299 \r\n\(date)Content-Length: 0\r\n\r\n"),
        (
            get,
            HTTPResponse(headers: ["content-length": "9", "Transfer-Encoding": "x", "connection": "y", "DATE": "z"]),
            "HTTP/1.1 200 OK\r\n\(date)Content-Length: 0\r\n\r\n"
        ),
        (
            get, HTTPResponse(headers: ["Keep-Alive": "x", "Upgrade": "y", "Trailer": "z", "X": "a\tb"]),
            "HTTP/1.1 200 OK\r\n\(date)X: a\tb\r\nContent-Length: 0\r\n\r\n"
        ),
        (old, HTTPResponse(), "HTTP/1.1 200 OK\r\n\(date)Content-Length: 0\r\nConnection: close\r\n\r\n"),
        (
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", HTTPResponse(),
            "HTTP/1.1 200 OK\r\n\(date)Content-Length: 0\r\nConnection: keep-alive\r\n\r\n"
        ),
        (
            "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", HTTPResponse(body: HTTPBody("abc")),
            "HTTP/1.1 200 OK\r\n\(date)Content-Length: 3\r\n\r\n"
        ),
        (
            "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", HTTPResponse(headers: ["Content-Length": "77"]),
            "HTTP/1.1 200 OK\r\n\(date)Content-Length: 77\r\n\r\n"
        ),
        // Never with 204, nothing but zero with 205, and one of several.
        (
            "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", HTTPResponse(status: 204, headers: ["Content-Length": "5"]),
            "HTTP/1.1 204 No Content\r\n\(date)\r\n"
        ),
        (
            "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", HTTPResponse(status: 205, headers: ["Content-Length": "5"]),
            "HTTP/1.1 205 Reset Content\r\n\(date)Content-Length: 0\r\n\r\n"
        ),
        (
            "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
            HTTPResponse(headers: ["Content-Length": "5", "X": "y", "content-length": "6"]),
            "HTTP/1.1 200 OK\r\n\(date)Content-Length: 5\r\nX: y\r\n\r\n"
        ),
        (
            "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", HTTPResponse(body: HTTPBody(source: { [1] })),
            "HTTP/1.1 200 OK\r\n\(date)\r\n"
        ),
    ])
    func exactBytes(request: String, response: HTTPResponse, expected: String) {
        #expect(Self.sent(request, response) == expected)
    }

    /// A header that is not understood asks for no body either.
    @Test(arguments: ["HEAD", "GET", "POST"])
    func aRefusedHeadHasNoBody(_ method: String) {
        let text = Self.sent("\(method) / HTTP/1.1\r\n\r\n", HTTPResponse())
        #expect(text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(text.hasSuffix("\r\n\r\n") == (method == "HEAD"))
        #expect(text.contains("Content-Length: 30\r\n"))
    }

    private static let stream = HTTPResponse(body: HTTPBody(source: { nil }))

    @Test func streamsInChunks() {
        var harness = ConnectionHarness { _ in Self.stream }
        harness.receive(Self.get)
        #expect(harness.pullCount == 1)
        harness.sendChunk("abc")
        #expect(harness.pullCount == 2)
        harness.sendChunk("")
        #expect(harness.pullCount == 3)
        harness.sendChunk(String(repeating: "x", count: 20_000))
        harness.sendChunk("d")
        harness.sendEnd()
        let large = String(repeating: "x", count: 20_000)
        #expect(
            harness.text == "HTTP/1.1 200 OK\r\n\(Self.date)Transfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n4e20\r\n\(large)\r\n1\r\nd\r\n0\r\n\r\n"
        )
        #expect(!harness.isClosed)
        harness.receive(Self.get)
        #expect(harness.requests.count == 2)
    }

    @Test func endsAnOldClientsStreamWithTheConnection() {
        var harness = ConnectionHarness { _ in Self.stream }
        harness.receive("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        harness.sendChunk("abc")
        #expect(!harness.isClosed)
        harness.sendEnd()
        #expect(harness.text == "HTTP/1.1 200 OK\r\n\(Self.date)Connection: close\r\n\r\nabc")
        #expect(harness.isClosed)
    }

    @Test func pullsOnlyWhenTheSocketHasTakenAll() {
        var harness = ConnectionHarness { _ in Self.stream }
        harness.receive(Self.get)
        harness.isSocketBlocked = true
        harness.sendChunk("abc")
        #expect(harness.pullCount == 1)
        harness.unblock()
        #expect(harness.pullCount == 2)
    }

    @Test(arguments: [["abcd"], ["ab", "cd"], ["ab"], []])
    func closesWhenALengthIsNotKept(chunks: [String]) {
        var harness = ConnectionHarness { _ in HTTPResponse(body: HTTPBody(length: 3, source: { nil })) }
        harness.receive(Self.get)
        for chunk in chunks { harness.sendChunk(chunk) }
        harness.sendEnd()
        #expect(harness.isClosed)
        #expect(harness.events == ["streams", "cancel"])
        #expect(harness.text.contains("Content-Length: 3\r\n"))
        #expect(!harness.text.hasSuffix("cd"))
    }

    @Test func endsABrokenStreamWithoutItsLastChunk() {
        var harness = ConnectionHarness { _ in Self.stream }
        harness.receive(Self.get)
        harness.sendChunk("abc")
        harness.sendFailed()
        #expect(harness.isClosed)
        #expect(harness.text.hasSuffix("3\r\nabc\r\n"))
    }

    @Test func doesNotReadTheNextRequestWhileTheSocketIsBlocked() {
        var harness = ConnectionHarness()
        harness.isSocketBlocked = true
        harness.receive(Self.get + Self.get + Self.get)
        let answered = harness.requests.count
        harness.receive(Self.get)
        #expect(harness.requests.count == answered)
        harness.unblock()
        #expect(harness.requests.count == 4)
        #expect(harness.statuses == [200, 200, 200, 200])
    }
}
