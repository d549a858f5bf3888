import FunctionKit
import Testing

@testable import HTTPServer

/// What a responder returns that cannot be sent → a 500 in its place, and the words that the log finds for it.
@Suite struct ResponseDefectTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var response: HTTPResponse
        var defect: String
        var testDescription: String { defect }

        init(_ response: HTTPResponse, _ defect: String) {
            self.response = response
            self.defect = defect
        }

        init(field name: String, _ value: String, _ defect: String) {
            self.init(HTTPResponse(headers: ["First": "1", name: value, "Last": "2"]), defect)
        }
    }

    private static func value(_ value: String) -> Row {
        Row(
            field: "X-Name",
            value,
            #"the value of the header field "X-Name" has a control character, such as a line break"#
        )
    }

    private static func name(_ name: String, as quoted: String) -> Row {
        Row(field: name, "a", "the header field \(quoted) has a character in its name that is not allowed there")
    }

    private static func status(_ status: Int) -> Row {
        Row(HTTPResponse(status: HTTPStatus(rawValue: status)), "its status is \(status); only 200 to 599 can be sent")
    }

    private static let long = String(repeating: "n", count: 100)

    private static let rows: [Row] = [
        value("a\r\nSet-Cookie: b=c"), value("a\r\n\r\n<html>"), value("a\nb"), value("a\rb"), value("a\0b"),
        value("\r\n"),
        value("\u{1}"), value("\u{8}"), value("\u{B}"), value("\u{C}"), value("\u{1B}[0m"), value("\u{7F}"),
        name("X\r\nSet-Cookie", as: #""X\r\nSet-Cookie""#), name("X\nY", as: #""X\nY""#), name("X\0", as: #""X\0""#),
        name("X Y", as: #""X Y""#), name("X:", as: #""X:""#), name(" X", as: #"" X""#), name("X\t", as: #""X\t""#),
        name("X(", as: #""X(""#), name("Ärger", as: #""Ärger""#), name("X\u{7F}", as: #""X\u{7F}""#),
        name("\r\n\r\n" + long, as: #""\r\n\r\n"# + long.prefix(56) + "\"…"),
        Row(field: "", "a", "a header field has no name"),
        Row(
            field: long,
            String(repeating: "v", count: 65_536),
            "with the header field \"\(long.prefix(60))\"… its header is larger than 65536 bytes"
        ),
        Row(
            HTTPResponse(headers: HTTPFields((0..<8000).map { HTTPFields.Field(name: "N\($0)", value: "value") })),
            #"with the header field "N4760" its header is larger than 65536 bytes"#
        ),
        status(0), status(-1), status(1), status(100), status(101), status(103), status(199), status(600), status(999),
        status(2000), status(.max), status(.min),
        Row(HTTPResponse(body: HTTPBody(length: -1, source: { nil })), "the length of its body is -1"),
        Row(HTTPResponse(body: HTTPBody(length: .min, source: { nil })), "the length of its body is \(Int.min)"),
    ]

    private static let requests = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na",
    ]

    @Test(arguments: rows)
    func becomesA500(_ row: Row) {
        for request in Self.requests {
            var harness = ConnectionHarness { _ in row.response }
            harness.receive(request)
            let isHead = request.hasPrefix("HEAD")
            let keepsAlive = request.contains("1.0") ? "Connection: keep-alive\r\n" : ""
            #expect(
                harness.text
                    == "HTTP/1.1 500 Internal Server Error\r\n"
                    + String(decoding: ConnectionHarness.date, as: UTF8.self)
                    + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 22\r\n\(keepsAlive)\r\n"
                    + (isHead ? "" : "Internal Server Error\n")
            )
            #expect(harness.defects == [row.defect])
            #expect(!harness.isClosed)
            // The next answer stands where it belongs.
            harness.answer = { _ in .text("next") }
            harness.receive(request)
            #expect(harness.statuses == [500, 200])
        }
    }

    /// What looks odd and splits nothing goes out as it is.
    @Test(arguments: [
        ("X", "", "X: \r\n"), ("X", "a\tb", "X: a\tb\r\n"), ("X", " a ", "X:  a \r\n"), ("X", "a: b", "X: a: b\r\n"),
        ("X", "ä€😀", "X: ä€😀\r\n"), ("X", "\u{85}\u{2028}", "X: \u{85}\u{2028}\r\n"), ("X", "%0d%0a", "X: %0d%0a\r\n"),
        ("X", #"\r\n"#, "X: \\r\\n\r\n"), ("!#$%&'*+-.^_`|~", "a", "!#$%&'*+-.^_`|~: a\r\n"),
        ("Set-Cookie", "a=b; Path=/", "Set-Cookie: a=b; Path=/\r\n"),
    ])
    func passes(name: String, value: String, line: String) {
        var harness = ConnectionHarness { _ in HTTPResponse(headers: [name: value]) }
        harness.receive(Self.requests[0])
        #expect(harness.text.hasSuffix("\r\n\(line)Content-Length: 0\r\n\r\n"))
        #expect(harness.statuses == [200])
    }

    @Test func theHeaderMayBeAsLargeAsItsBound() {
        // "X: " and the line's end are five bytes.
        let largest = String(repeating: "v", count: 65_531)
        for (value, statuses) in [(largest, [200]), (largest + "v", [500])] {
            var harness = ConnectionHarness { _ in HTTPResponse(headers: ["X": value]) }
            harness.receive(Self.requests[0])
            #expect(harness.statuses == statuses)
        }
    }

    /// Fields about the connection and the framing are the server's, whatever a function says, in any spelling.
    @Test(arguments: [
        "Content-Length", "content-length", "Transfer-Encoding", "TRANSFER-ENCODING", "Connection", "Keep-Alive",
        "Upgrade",
        "Trailer", "Date",
    ])
    func theServersFieldsAreItsOwn(_ name: String) {
        for value in ["0", "1", "chunked", "close", "keep-alive", "x\r\nY: z", ""] {
            var harness = ConnectionHarness { _ in HTTPResponse(headers: [name: value], body: HTTPBody("abc")) }
            harness.receive(Self.requests[0])
            let date = String(decoding: ConnectionHarness.date, as: UTF8.self)
            #expect(harness.text == "HTTP/1.1 200 OK\r\n\(date)Content-Length: 3\r\n\r\nabc")
            #expect(!harness.isClosed)
        }
    }

    /// No content where the status or the method allows none, in memory or as a stream, and the next answer behind it.
    @Test(arguments: [
        ("GET", 204, ""), ("GET", 205, "Content-Length: 0\r\n"), ("GET", 304, ""),
        ("HEAD", 200, "Content-Length: 3\r\n"),
        ("HEAD", 404, "Content-Length: 3\r\n"), ("HEAD", 204, ""), ("HEAD", 205, "Content-Length: 0\r\n"),
        ("HEAD", 304, ""),
    ])
    func hasNoContent(method: String, status: Int, framing: String) {
        for body in [HTTPBody("abc"), HTTPBody(length: 3, source: { [1, 2, 3] })] {
            var harness = ConnectionHarness { _ in HTTPResponse(status: HTTPStatus(rawValue: status), body: body) }
            harness.receive("\(method) / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(harness.text.hasSuffix("GMT\r\n\(framing)\r\n"))
            #expect(harness.pullCount == 0)
            harness.receive(Self.requests[0])
            #expect(harness.statuses == [status, status])
        }
    }

    /// A refusal of a request with HEAD has no content, or the client would take it for the next answer.
    @Test func aRefusalOfHeadHasNoContent() {
        var harness = ConnectionHarness()
        harness.receive("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n")
        #expect(harness.statuses == [413])
        #expect(harness.text.hasSuffix("Connection: close\r\n\r\n"))
        var next = ConnectionHarness()
        next.receive("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET\0")
        #expect(next.statuses == [200, 400])
        #expect(next.text.hasSuffix("\r\n\r\nBad Request: The method is malformed.\n"))
    }
}
