import FunctionKit
import FunctionTesting
import MissionProxy
import Testing

@testable import Portal

/// What a member's request becomes on its way to Mission, and what comes back.
struct MissionProxyTests {
    private static let mission = [
        "MISSION_API_URL": "https://mission.example:8443/v1/", "MISSION_SERVICE_KEY": "mission-key",
    ]

    private func ask(
        _ fixture: ClientFixture,
        _ path: String = "events",
        method: HTTPMethod = .get,
        query: String? = nil,
        as user: String? = "dana",
        of tenant: String = "hope",
        headers: HTTPFields = [:],
        body: HTTPBody = .empty
    ) async throws -> HTTPResponse {
        let function = try await MissionProxy(app: fixture.app.context())
        var request = try await fixture.request(
            method,
            "/api/mission/\(path)",
            query: query,
            as: user,
            of: tenant,
            headers: headers
        )
        request.body = body
        request.routeValues = ["path": percentDecoded(Array(path.utf8))]
        return try await function.respond(to: request, context: fixture.app.invocation())
    }

    private func world(
        settings: [String: String] = mission,
        _ answer: @escaping @Sendable (ScriptedHTTPClient.Exchange) async throws -> OutboundResponse = { _ in
            .json(#"{"ok":true}"#)
        }
    ) async throws -> (ClientFixture, ScriptedHTTPClient) {
        let http = ScriptedHTTPClient(answer)
        return (try await ClientFixture(settings: settings, http: http), http)
    }

    @Test func forwardsWhatIsListedAndNothingElse() async throws {
        let (fixture, http) = try await world()
        let headers: HTTPFields = [
            "Accept": "application/json", "If-None-Match": "\"v1\"", "Authorization": "Bearer mine",
            "X-Forwarded-For": "10.0.0.1", "X-Portal-User-Id": "admin", "Connection": "keep-alive",
            "X-Functions-Key": "master", "Cookie": "other=1", "X-Request-Id": "mine",
        ]
        let response = try await ask(fixture, "donations/stats", query: "year=2026&code=master", headers: headers)
        #expect(response.status == .ok)
        #expect(try await response.text == #"{"ok":true}"#)
        let sent = try #require(http.exchanges.first?.request)
        #expect(sent.method == .get)
        #expect(sent.url == "https://mission.example:8443/v1/donations/stats?year=2026")
        #expect(sent.firstByteTimeout == .seconds(10))
        #expect(sent.headers["Authorization"] == "Bearer mission-key")
        #expect(sent.headers["X-Portal-Tenant-Id"] == "t-hope")
        #expect(sent.headers["X-Portal-Tenant-Slug"] == "hope")
        #expect(sent.headers["X-Portal-User-Id"] == "dana")
        #expect(sent.headers["X-Portal-User-Email"] == "dana@northwind.example")
        #expect(sent.headers["Accept"] == "application/json")
        #expect(sent.headers["If-None-Match"] == "\"v1\"")
        #expect(sent.headers["X-Request-Id"]?.utf8.count == 36)
        #expect(
            Set(sent.headers.map { $0.name.lowercased() }) == [
                "authorization", "x-portal-tenant-id", "x-portal-tenant-slug", "x-portal-user-id",
                "x-portal-user-email", "x-request-id", "accept", "if-none-match",
            ]
        )
    }

    @Test func aPrayerIsPosted() async throws {
        let (fixture, http) = try await world { _ in .json(#"{"id":"p1"}"#, status: .created) }
        let response = try await ask(
            fixture,
            "prayer",
            method: .post,
            headers: ["Content-Type": "application/json"],
            body: HTTPBody(#"{"text":"For Sam"}"#)
        )
        #expect(response.status == .created)
        let sent = try #require(http.exchanges.first)
        #expect(sent.request.url == "https://mission.example:8443/v1/prayer")
        #expect(sent.request.headers["Content-Type"] == "application/json")
        #expect(sent.text == #"{"text":"For Sam"}"#)
    }

    @Test(arguments: [
        "", "members", "donations/1", "../admin", "donations/../../admin", "%2e%2e/admin", "%2e%2e%2fadmin",
        "donations%2fstats", "%252e%252e/admin", "/evil.example", "//evil.example/events", "http://evil.example/events",
        "https:%2f%2fevil.example", "..\\admin", "%5cevil", "events%00", "events%0d%0aX: y", "@evil.example/events",
    ])
    func whatIsNotListedNeverLeaves(path: String) async throws {
        let (fixture, http) = try await world()
        for method in [HTTPMethod.get, .post] {
            #expect(try await ask(fixture, path, method: method).outcome == "404 not_found")
        }
        #expect(http.exchanges.isEmpty)
    }

    @Test(
        arguments: [
            ([], ["no-store"]), (["private, max-age=60"], ["private, max-age=60"]), (["no-store"], ["no-store"]),
            (["max-age=60"], ["no-store"]), (["public, max-age=60"], ["no-store"]),
            (["private, S-MaxAge=9"], ["no-store"]), (["private", "max-age=60"], ["private", "max-age=60"]),
            (["private", "public"], ["no-store"]), (["max-age=60", "Private"], ["max-age=60", "Private"]),
            (["private", "s-maxage=9"], ["no-store"]),
        ] as [([String], [String])]
    )
    func noSharedCacheKeepsAMembersAnswer(_ said: [String], _ passed: [String]) async throws {
        let (fixture, _) = try await world { _ in
            var headers: HTTPFields = ["Content-Type": "text/plain"]
            for value in said { headers.append("Cache-Control", value) }
            return OutboundResponse(status: .ok, headers: headers)
        }
        #expect(try await ask(fixture).headers.values(of: "Cache-Control") == passed)
    }

    @Test func aTabIsPassedOnAsASpace() async throws {
        let (fixture, http) = try await world()
        #expect(try await ask(fixture, headers: ["Accept": "text/html,\tapplication/json"]).status == .ok)
        #expect(http.exchanges.first?.request.headers["Accept"] == "text/html, application/json")
    }

    @Test func aHeaderWithAControlCharacterIsLeftOut() async throws {
        let (fixture, _) = try await world { _ in
            OutboundResponse(
                status: .ok,
                headers: ["Content-Type": "text/plain\u{0B}; x", "ETag": "\"é\"", "Content-Language": "en\r\nX: y"],
                body: HTTPBody("abc")
            )
        }
        let response = try await ask(fixture, "events")
        #expect(response.status == .ok)
        #expect(response.headers["Content-Type"] == nil)
        #expect(response.headers["Content-Language"] == nil)
        #expect(response.headers["ETag"] == "\"é\"")
    }

    @Test func contentHeadersComeBackAndCookiesNever() async throws {
        let (fixture, _) = try await world { _ in
            OutboundResponse(
                status: .notModified,
                headers: [
                    "Content-Type": "text/plain", "Content-Language": "en", "ETag": "\"v2\"",
                    "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT", "Cache-Control": "private, max-age=60",
                    "Set-Cookie": "session=1", "Server": "x", "Location": "http://internal", "X-Internal": "1",
                    "Access-Control-Allow-Origin": "*", "Connection": "close",
                ]
            )
        }
        let response = try await ask(fixture)
        #expect(response.status == .notModified)
        #expect(
            Set(response.headers.map { $0.name.lowercased() }) == [
                "content-type", "content-language", "etag", "last-modified", "cache-control", "x-content-type-options",
                "vary",
            ]
        )
        #expect(response.headers["Cache-Control"] == "private, max-age=60")
    }

    @Test(arguments: [200, 204, 302, 400, 403, 404, 418, 429, 500, 503])
    func theStatusComesBack(status: Int) async throws {
        let (fixture, http) = try await world { _ in OutboundResponse(status: HTTPStatus(rawValue: status)) }
        #expect(try await ask(fixture).status.rawValue == status)
        #expect(http.exchanges.count == 1)
    }

    @Test func theBodyIsStreamed() async throws {
        let (fixture, _) = try await world { _ in
            let chunks = AsyncStream<[UInt8]> { stream in
                for _ in 0..<3 { stream.yield(Array("abc".utf8)) }
                stream.finish()
            }
            return OutboundResponse(status: .ok, body: HTTPBody(chunks: chunks))
        }
        let response = try await ask(fixture)
        #expect(response.body.bytes == nil)
        #expect(try await response.text == "abcabcabc")
    }

    @Test(arguments: [
        (HTTPClientError.Code.unreachable, "502 mission_unreachable"), (.interrupted, "502 mission_unreachable"),
        (.timedOut, "504 mission_timeout"), (.tooLarge, "502 mission_too_large"), (.closed, "502 mission_unreachable"),
    ])
    func failuresAreNamed(code: HTTPClientError.Code, outcome: String) async throws {
        let (fixture, _) = try await world { _ in throw HTTPClientError(code, "https://mission.example:8443: no") }
        #expect(try await ask(fixture).outcome == outcome)
        #expect(
            fixture.app.log.messages(.error) == [
                "Mission at mission.example:8443 failed: https://mission.example:8443: no"
            ]
        )
        #expect(!fixture.app.log.text.contains("mission-key"))
    }

    @Test func anAnswerThatIsTooLargeIsRefused() async throws {
        let (fixture, _) = try await world { _ in
            OutboundResponse(status: .ok, body: HTTPBody(length: MissionForwarder.responseBytesMax + 1) { nil })
        }
        #expect(try await ask(fixture).outcome == "502 mission_too_large")
    }

    @Test func aRefusedKeyDoesNotSignTheMemberOut() async throws {
        let (fixture, _) = try await world { _ in OutboundResponse(status: .unauthorized) }
        #expect(try await ask(fixture).outcome == "502 mission_refused")
        #expect(fixture.app.log.messages(.error) == ["Mission at mission.example:8443 refused MISSION_SERVICE_KEY."])
    }

    @Test func aHugeBodyIsRefusedBeforeItIsRead() async throws {
        let (fixture, http) = try await world()
        let known = HTTPBody(length: 50 << 20) { throw CancellationError() }
        #expect(try await ask(fixture, "prayer", method: .post, body: known).outcome == "413 body_too_large")
        let counter = ChunkCounter()
        let unknown = HTTPBody { await counter.next() }
        #expect(try await ask(fixture, "prayer", method: .post, body: unknown).outcome == "413 body_too_large")
        #expect(await counter.count == 17)
        #expect(http.exchanges.isEmpty)
    }

    @Test(
        arguments: [
            (nil, "hope", mission, "401 session_expired"), ("dana", "acme", mission, "404 not_found"),
            ("dana", "hope", [:], "503 mission_not_configured"),
            ("dana", "hope", ["MISSION_API_URL": "https://mission.example"], "503 mission_not_configured"),
            ("dana", "acme", [:], "404 not_found"),
        ] as [(String?, String, [String: String], String)]
    )
    func whoMayAsk(user: String?, tenant: String, settings: [String: String], outcome: String) async throws {
        let (fixture, http) = try await world(settings: settings)
        #expect(try await ask(fixture, as: user, of: tenant).outcome == outcome)
        #expect(http.exchanges.isEmpty)
    }

    @Test func theMessageWithoutSettingsIsTheDocumentedOne() async throws {
        let (fixture, _) = try await world(settings: [:])
        #expect(try await ask(fixture).text.contains("\"Mission is not configured\""))
    }
}

/// A body of 64 KiB chunks without an end.
private actor ChunkCounter {
    private(set) var count = 0

    func next() -> [UInt8]? {
        count += 1
        return [UInt8](repeating: 0x61, count: 64 << 10)
    }
}
