import FunctionKit
import Testing

/// The values that a caller gives, from body, query and route.
struct BindingDataTests {
    struct Row: Sendable {
        var body = ""
        var query: String?
        var route: [String: String] = [:]
        var data: [String: String]
    }

    @Test(arguments: [
        Row(data: [:]),
        Row(
            body: #"{"a": "x", "b": 1.50, "c": true, "d": null, "e": [1], "f": {"g": [2]}}"#,
            data: [
                "a": "x", "b": "1.50", "c": "true", "f": #"{"g": [2]}"#,
            ]
        ),
        Row(body: #"{"a": "\u00e9\n\"", "\u0062": "2"}"#, data: ["a": "é\n\"", "b": "2"]),
        Row(body: "[1]", data: [:]),
        Row(body: #""text""#, data: [:]),
        Row(body: "{broken", data: [:]),
        Row(query: "a=1&a=2&code=secret&CODE=x&b&=3&c=%C3%A9+1", data: ["a": "2", "b": "", "c": "é 1"]),
        // Names compare without regard to case, and the place that counts spells them.
        Row(
            body: #"{"A": "body", "a": "last", "ID": "body", "É": "1", "é": "2"}"#,
            query: "Id=query&iD=last",
            route: ["id": "route"],
            data: ["a": "last", "id": "route", "É": "1", "é": "2"]
        ),
        // A later place wins.
        Row(
            body: #"{"a": "body", "b": "body", "c": "body"}"#,
            query: "b=query&c=query",
            route: ["c": "route"],
            data: [
                "a": "body", "b": "query", "c": "route",
            ]
        ),
    ]) func threePlaces(_ row: Row) async throws {
        let request = HTTPRequest(path: "/", query: row.query, body: HTTPBody(row.body), routeValues: row.route)
        #expect(try await request.bindingData() == row.data)
        // However the body comes.
        let parts = LockedState(row.body.utf8.map { [$0] }[...])
        let streamed = HTTPRequest(
            path: "/",
            query: row.query,
            body: HTTPBody { parts.withLock { $0.popFirst() } },
            routeValues: row.route
        )
        #expect(try await streamed.bindingData() == row.data)
    }

    @Test func aBodyThatIsTooLongIsRefused() async {
        let request = HTTPRequest(path: "/", body: HTTPBody(#"{"a": "bbbb"}"#))
        await #expect(throws: HTTPError.self) { try await request.bindingData(limit: 5) }
    }
}
