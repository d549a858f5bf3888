import FoundationEssentials
import FunctionKit
import Testing

/// Escapes in targets → what a function sees: decoded once, in values only, never where it would change which function is called.
struct PercentDecodingTests {
    /// A target → the status, and the route's value where the looking glass answers.
    private static let rows: [(target: String, status: Int, path: String?)] = [
        // A separator that is escaped separates nothing.
        ("/api/glass/a%2fb", 200, "a/b"), ("/api/glass/a%2Fb", 200, "a/b"), ("/api/glass%2fa", 404, nil),
        ("/api%2fglass/a", 404, nil), ("/%2fapi/glass/a", 404, nil), ("/api/glass/a%5cb", 200, #"a\b"#),
        // Once: what looks like an escape afterwards is text.
        ("/api/glass/a%252fb", 200, "a%2fb"), ("/api/glass/%25252e", 200, "%252e"), ("/api/glass/%2500", 200, "%00"),
        ("/api/glass/%25%32%66", 200, "%2f"),
        // Dots are values like any other, escaped or not: they lead nowhere.
        ("/api/glass/../x", 200, "../x"), ("/api/glass/%2e%2e/x", 200, "../x"), ("/api/glass/.%2e%2fx", 200, "../x"),
        ("/api/glass/%252e%252e/x", 200, "%2e%2e/x"), ("/api/x/../glass/a", 404, nil), ("/api/%2e/glass/a", 404, nil),
        ("/api/glass/..%2f..%2fadmin%2fhost%2fstatus", 200, "../../admin/host/status"),
        ("/api/../admin/host/status", 404, nil), ("/api/%2e%2e/admin/host/status", 404, nil),
        // Names of functions and of the admin API, in any disguise, need what they need.
        ("/api/%67lass/a", 200, "a"), ("/%61pi/glass/a", 200, "a"), ("/admin/host/status", 401, nil),
        ("/%61dmin/host/status", 401, nil), ("/admin/%68ost/status", 401, nil), ("/ADMIN/host/status", 401, nil),
        ("//admin/host/status", 404, nil), ("/admin%2fhost/status", 404, nil), ("/api/locked", 401, nil),
        ("/api/%6cocked", 401, nil), ("/api/LOCKED", 401, nil), ("/api//locked", 404, nil),
        ("/api/locked%00", 400, nil),
        // Null characters are refused, line breaks are data.
        ("/api/glass/a%00b", 400, nil), ("/api/glass/a%00", 400, nil), ("/api/glass/%0d%0aX:%20y", 200, "\r\nX: y"),
        ("/api/glass/%1b%7f", 200, "\u{1B}\u{7F}"),
        // What is not UTF-8 does not become what it imitates.
        ("/api/glass/%c3%a4", 200, "ä"), ("/api/glass/%c0%ae%c0%ae", 200, "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        ("/api/glass/%c0%af", 200, "\u{FFFD}\u{FFFD}"), ("/api/glass/%e0%80%af", 200, "\u{FFFD}\u{FFFD}\u{FFFD}"),
        ("/api/glass/%c0%80", 200, "\u{FFFD}\u{FFFD}"), ("/api/glass/%ff", 200, "\u{FFFD}"),
        ("/api/glass/%ed%a0%80", 200, "\u{FFFD}\u{FFFD}\u{FFFD}"), ("/api/glass/%e2%82", 200, "\u{FFFD}"),
        // Broken escapes stay as they are.
        ("/api/glass/%", 200, "%"), ("/api/glass/%2", 200, "%2"), ("/api/glass/%zz", 200, "%zz"),
        ("/api/glass/%2%66", 200, "%2f"), ("/api/glass/%u002f", 200, "%u002f"), ("/api/glass/%+2", 200, "%+2"),
        ("/api/glass/% 2f", 400, nil),
        // A plus is a plus in a path; marks that are escaped begin nothing.
        ("/api/glass/a+b", 200, "a+b"), ("/api/glass/a%3fx=y", 200, "a?x=y"), ("/api/glass/a%23b", 200, "a#b"),
        ("/api/glass/a%26b;c=d", 200, "a&b;c=d"),
    ]

    /// A query → the values that a function sees.
    private static let queries: [(query: String, values: [String: String])] = [
        ("a=b%26c%3Dd", ["a": "b&c=d"]), ("a=b+c%2b", ["a": "b c+"]), ("a=%252e%252E", ["a": "%2e%2E"]),
        ("%61=b", ["a": "b"]), ("a%3Db=c", ["a=b": "c"]), ("a=%00", ["a": "\0"]),
        ("a=%c0%ae", ["a": "\u{FFFD}\u{FFFD}"]),
        ("a=%", ["a": "%"]), ("a=%f", ["a": "%f"]), ("a=../%2e%2e%2f", ["a": "../../"]), ("a=%0d%0a", ["a": "\r\n"]),
        ("a=1&a=2", ["a": "2"]), ("a?=b", ["a?": "b"]), ("%63ode=secret&a=b", ["a": "b"]), ("a", ["a": ""]),
    ]

    @Test func everyTargetIsDecodedOnceAndOnlyInItsValues() async throws {
        let app = try MirrorApp([
            "glass": (#""route": "glass/{*path}""#, ""), "locked": (#""authLevel": "function""#, ""),
        ])
        let host = try await app.start()
        for row in Self.rows {
            let (status, sight) = try await Self.ask(row.target, port: host.port)
            #expect(status == row.status, "\(row.target)")
            #expect(sight?.route["path"] == row.path, "\(row.target)")
        }
        for row in Self.queries {
            let (status, sight) = try await Self.ask("/api/glass/x?\(row.query)", port: host.port)
            #expect(status == 200, "\(row.query)")
            var values = row.values
            values["path"] = "x"
            #expect(sight?.data == values, "\(row.query)")
        }
        await host.stop()
    }

    /// Sent as it stands: a client would tidy it up.
    private static func ask(_ target: String, port: String) async throws -> (status: Int?, sight: Sight?) {
        let answer = try await exchange(
            "GET \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            port: port
        )
        let status = Int(answer.dropFirst(9).prefix(3))
        guard status == 200, let end = answer.firstRange(of: "\r\n\r\n") else { return (status, nil) }
        return (status, try JSONDecoder().decode(Sight.self, from: Data(answer[end.upperBound...].utf8)))
    }
}
