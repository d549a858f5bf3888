import FunctionKit
import Testing

/// What the helpers of a response make.
struct HTTPResponseTests {
    private static func text(_ response: HTTPResponse) -> String? {
        response.body.bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func eachFormHasItsType() throws {
        let rows: [(HTTPResponse, String, String)] = [
            (.text("héllo"), "text/plain; charset=utf-8", "héllo"),
            (.html("<p>"), "text/html; charset=utf-8", "<p>"),
            (try .json(["a": "b/c"]), "application/json", #"{"a":"b/c"}"#),
            (try .json([1, 2]), "application/json", "[1,2]"),
            (try .json("text"), "application/json", #""text""#),
            (.json(bytes: Array("{ }".utf8)), "application/json", "{ }"),
        ]
        for (response, type, text) in rows {
            #expect(response.status == .ok)
            #expect(response.headers.map(\.name) == ["Content-Type"])
            #expect(response.headers["Content-Type"] == type)
            #expect(Self.text(response) == text)
        }
    }

    @Test func theStatusCanBeAnother() throws {
        #expect(HTTPResponse.text("", status: .accepted).status == .accepted)
        #expect(HTTPResponse.html("", status: 404).status == .notFound)
        #expect(try HTTPResponse.json([1], status: .created).status == .created)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func aValueWithoutAJSONFormIsNotSent(value: Double) {
        #expect(throws: EncodingError.self) { try HTTPResponse.json([value]) }
    }

    @Test func aRedirectHasALocationAndNoBody() {
        let response = HTTPResponse.redirect(to: "/portal/tickets")
        #expect(response.status == .found)
        #expect(response.headers == ["Location": "/portal/tickets"])
        #expect(response.body.isEmpty)
    }

    @Test(arguments: [
        (200, true, "OK"), (299, true, ""), (199, false, ""), (300, false, ""), (204, true, "No Content"),
        (302, false, "Found"), (404, false, "Not Found"), (413, false, "Content Too Large"),
        (429, false, "Too Many Requests"), (500, false, "Internal Server Error"), (504, false, "Gateway Timeout"),
        (0, false, ""), (-1, false, ""), (999, false, ""),
    ])
    func aStatusHasAReasonAndAClass(code: Int, isSuccess: Bool, reason: String) {
        #expect(HTTPStatus(rawValue: code).isSuccess == isSuccess)
        #expect(HTTPStatus(rawValue: code).reasonPhrase == reason)
    }
}
