import FunctionKit
import Testing

@testable import HTTPServer

/// A header that a connection repeats means the same each time, whether it is read or known.
@Suite struct RepeatedHeadTests {
    private static func head(_ path: String) -> RequestHead {
        RequestHead(
            request: HTTPRequest(path: path),
            minorVersion: 1,
            framing: .none,
            keepsAlive: true,
            expectsContinue: false
        )
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// Headers that came, what comes next → the path that is known of it.
    @Test(
        arguments: [
            (["GET /a\r\n\r\n"], "GET /a\r\n\r\n", nil),
            (["GET /a\r\n\r\n", "GET /a\r\n\r\n"], "GET /a\r\n\r\n", 1),
            (["GET /a\r\n\r\n", "GET /a\r\n\r\n"], "GET /a\r\n\r\nGET /b\r\n\r\n", 1),
            (["GET /a\r\n\r\n", "GET /a\r\n\r\n"], "GET /b\r\n\r\n", nil),
            (["GET /a\r\n\r\n", "GET /a\r\n\r\n"], "GET /a\r\n\r", nil),
            (["GET /a\r\n\r\n", "GET /a\r\n\r\n"], "", nil),
            (["GET /a\r\n\r\n", "GET /b\r\n\r\n", "GET /a\r\n\r\n"], "GET /a\r\n\r\n", nil),
            (["GET /a\r\n\r\n", "GET /a\r\n\r\n", "GET /b\r\n\r\n"], "GET /a\r\n\r\n", nil),
            (["GET /b\r\n\r\n", "GET /a\r\n\r\n", "GET /a\r\n\r\n"], "GET /a\r\n\r\n", 2),
        ] as [([String], String, Int?)]
    )
    func whatCameTwiceInARowIsKnown(_ came: [String], next: String, expected: Int?) {
        var repeated = RepeatedHead()
        for (place, text) in came.enumerated() { repeated.note(Self.bytes(text).span, Self.head("\(place)")) }
        let found = repeated.match(Self.bytes(next).span)
        #expect(found?.head.request.path == expected.map { "\($0)" })
        #expect(found.map { $0.length == came[expected ?? 0].utf8.count } ?? true)
    }

    @Test(arguments: [(RepeatedHead.bytesMax, true), (RepeatedHead.bytesMax + 1, false)])
    func longHeadersAreNotKept(_ count: Int, _ isKept: Bool) {
        var repeated = RepeatedHead()
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: count)
        for _ in 0..<2 { repeated.note(bytes.span, Self.head("/")) }
        #expect((repeated.match(bytes.span) != nil) == isKept)
        repeated.forget()
        #expect(repeated.match(bytes.span) == nil)
    }

    /// Requests on one connection → what the responder sees of each.
    @Test func eachRequestIsWhatItsBytesSay() {
        let get = "GET /a?x=1 HTTP/1.1\r\nHost: a\r\nCookie: c=1\r\n\r\n"
        let other = "GET /a?x=1 HTTP/1.1\r\nHost: a\r\nCookie: c=2\r\n\r\n"
        let post = "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"
        var harness = ConnectionHarness { request in
            // What a function does to its request is its own affair.
            var request = request
            request.headers["Cookie"] = "stolen"
            request.routeValues["id"] = "7"
            return .text(request.path)
        }
        for text in [get, get, get, other, get, post + "ab", post + "cd", post + "ef", get + get + other, other] {
            harness.receive(text)
        }
        let seen = harness.requests.map {
            "\($0.method) \($0.path) \($0.query ?? "") \($0.headers["Cookie"] ?? "") "
                + "\(String(decoding: $0.body.bytes ?? [], as: UTF8.self)) \($0.routeValues.count) \($0.remoteAddress)"
        }
        let one = "GET /a x=1 c=1  0 192.0.2.7"
        let two = "GET /a x=1 c=2  0 192.0.2.7"
        let posts = ["ab", "cd", "ef"].map { "POST /b   \($0) 0 192.0.2.7" }
        #expect(seen == [one, one, one, two, one] + posts + [one, one, two, two])
    }

    @Test func aRepeatedLastRequestClosesAsTheFirstWould() {
        var harness = ConnectionHarness()
        let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        for _ in 0..<3 { harness.receive(get) }
        #expect(!harness.isClosed)
        harness.receive("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(harness.statuses == [200, 200, 200, 200])
        #expect(harness.isClosed)
    }

    /// A request in pieces is read, and one that is known may stand before it and behind it.
    @Test func knownHeadersMayBeCutAnywhere() {
        let get = Array("GET /a HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for cut in 1..<get.count {
            var harness = ConnectionHarness()
            for _ in 0..<3 { harness.receive(get) }
            harness.receive(Array(get[..<cut]))
            harness.receive(Array(get[cut...]) + get)
            #expect(harness.statuses == [200, 200, 200, 200, 200])
            #expect(harness.requests.map(\.path) == ["/a", "/a", "/a", "/a", "/a"])
        }
    }
}
