import FunctionKit
import Testing

/// Errors as callers see them.
struct HTTPErrorTests {
    private struct Order: Decodable {
        struct Item: Decodable {
            var name: String
            var count: UInt8
        }
        var id: Int
        var at: Timestamp?
        var items: [Item]
    }

    private static func text(_ response: HTTPResponse) -> String {
        String(decoding: response.body.bytes ?? [], as: UTF8.self)
    }

    @Test(arguments: [
        ("Token already used", #"Token already used"#), ("", ""), ("say \"hi\" \\ there", #"say \"hi\" \\ there"#),
        ("a/b", "a/b"), ("line\nbreak\ttab", #"line\nbreak\ttab"#), ("\0\u{1F}", #"\u0000\u001f"#), ("é 🙂", "é 🙂"),
        ("</script>", "</script>"),
    ])
    func theMessageIsEscaped(message: String, escaped: String) {
        let response = HTTPError(.unauthorized, code: "sso_token_used", message: message).response
        #expect(response.status == .unauthorized)
        #expect(Self.text(response) == #"{"error":{"code":"sso_token_used","message":"\#(escaped)"}}"#)
        #expect(response.headers.map(\.name) == ["Content-Type"])
        #expect(response.headers["Content-Type"] == "application/json")
    }

    @Test func furtherFieldsAreAdded() {
        var error = HTTPError(.tooManyRequests, code: "slow_down", message: "Wait.", headers: ["Retry-After": "7"])
        error.headers.append("Set-Cookie", "a=1")
        error.headers.append("Set-Cookie", "b=2")
        #expect(error.response.headers["retry-after"] == "7")
        #expect(error.response.headers.values(of: "Set-Cookie") == ["a=1", "b=2"])
        #expect(error.description == "429 slow_down: Wait.")
    }

    @Test(arguments: [
        ("", "The body is not valid JSON."),
        ("{", "The body is not valid JSON."),
        ("nonsense", "The body is not valid JSON."),
        (#"{"id": 1, "items": []} x"#, "The body is not valid JSON."),
        ("\u{0}", "The body is not valid JSON."),
        ("null", "The body is not a JSON object of the expected form."),
        ("[]", "The body is not a JSON object of the expected form."),
        ("7", "The body is not a JSON object of the expected form."),
        (#""text""#, "The body is not a JSON object of the expected form."),
        ("{}", "The field 'id' is missing."),
        (#"{"id": null, "items": []}"#, "The field 'id' must not be null."),
        (#"{"id": "1", "items": []}"#, "The field 'id' has the wrong type."),
        (#"{"id": 1.5, "items": []}"#, "The body has a value that is not allowed, such as a number out of range."),
        (#"{"id": 1e999, "items": []}"#, "The body has a value that is not allowed, such as a number out of range."),
        (
            #"{"id": 99999999999999999999, "items": []}"#,
            "The body has a value that is not allowed, such as a number out of range."
        ),
        (#"{"id": 1, "items": {}}"#, "The field 'items' has the wrong type."),
        (#"{"id": 1, "items": [{"name": "a", "count": 1}, {"count": 1}]}"#, "The field 'items.1.name' is missing."),
        (
            #"{"id": 1, "items": [{"name": "a", "count": 256}]}"#,
            "The body has a value that is not allowed, such as a number out of range."
        ),
        (
            #"{"id": 1, "items": [{"name": "a", "count": -1}]}"#,
            "The body has a value that is not allowed, such as a number out of range."
        ),
        (#"{"id": 1, "items": [null]}"#, "The field 'items.0' must not be null."),
        (#"{"id": 1, "items": [], "at": "soon"}"#, "The field 'at' has a value that is not allowed."),
        (#"{"id": 1, "items": [], "at": 5}"#, "The field 'at' has the wrong type."),
    ])
    func aBodyOfAnotherFormIsExplained(body: String, message: String) async {
        let request = HTTPRequest(method: .post, path: "/", body: HTTPBody(body))
        let error = await #expect(throws: HTTPError.self) { _ = try await request.decode(Order.self) }
        #expect(error?.status == .badRequest)
        #expect(error?.code == "invalid_body")
        #expect(error?.message == message)
    }

    @Test func bytesThatAreNotTextAndEndlessNestingAreRefused() async {
        let bodies = [
            [0xFF, 0xFE, 0x00], Array(#"{"id":"#.utf8) + [0xC3, 0x28],
            Array(repeating: UInt8(ascii: "["), count: 1_000_000),
            Array(String(repeating: #"{"items":["#, count: 100_000).utf8),
        ]
        for bytes in bodies {
            let request = HTTPRequest(method: .post, path: "/", body: HTTPBody(bytes))
            let error = await #expect(throws: HTTPError.self) { _ = try await request.decode(Order.self) }
            #expect(error?.status == .badRequest)
        }
    }

    @Test func aBodyOfTheRightFormIsDecoded() async throws {
        let json = #"{"id": 7, "items": [{"name": "a", "count": 255}], "at": null, "unknown": {}}"#
        let order = try await HTTPRequest(path: "/", body: HTTPBody(json)).decode(Order.self, limit: json.utf8.count)
        #expect(order.id == 7)
        #expect(order.at == nil)
        #expect(order.items.map(\.count) == [255])
        let request = HTTPRequest(path: "/", body: HTTPBody(json))
        let error = await #expect(throws: HTTPError.self) {
            _ = try await request.decode(Order.self, limit: json.utf8.count - 1)
        }
        #expect(error?.status == .contentTooLarge)
    }
}
