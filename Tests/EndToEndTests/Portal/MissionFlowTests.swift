import FunctionKit
import Testing

/// What members reach of Mission through the portal, and what they do not.
@Suite(.portalStack(), .serialized)
struct MissionFlowTests {
    private func calls(_ stack: PortalStack) async throws -> [JSON] {
        try await stack.state("grace-mission", peer: "mission")["calls"].items
    }

    @Test func aMemberSeesWhatMissionHas() async throws {
        let stack = try PortalStack.current
        let maria = try await stack.signIn("maria")
        let gifts = try await maria.get("/api/mission/donations")
        #expect(gifts.status == 200)
        #expect(gifts.json["items"].items.count == 2)
        #expect(try await maria.get("/api/mission/donations/stats").json["total"] == "75.00")
        for path in ["events", "groups", "directory"] {
            #expect(try await maria.get("/api/mission/\(path)").json["items"].items.count == 2)
        }
        let tag = try #require(gifts.headers["ETag"])
        let again = try await maria.get("/api/mission/donations", headers: ["If-None-Match": tag])
        #expect(again.status == 304)
        #expect(again.body.isEmpty)
    }

    @Test func aPrayerIsPassedOn() async throws {
        let stack = try PortalStack.current
        let maria = try await stack.signIn("maria")
        let answer = try await maria.post("/api/mission/prayer", ["text": "For rain — über alle Felder."])
        #expect(answer.status == 201)
        let prayers = try await maria.get("/api/mission/prayer").json["items"].items
        #expect(prayers.contains { $0["title"] == "For rain — über alle Felder." })
        #expect(try await maria.post("/api/mission/prayer", ["text": ""]).status == 400)
    }

    @Test func onlyThePortalsOwnWordsAreForwarded() async throws {
        let stack = try PortalStack.current
        let maria = try await stack.signIn("maria")
        let answer = try await maria.get(
            "/api/mission/events?from=2026-01-01&code=a-host-key",
            headers: [
                "Authorization": "Bearer stolen", "X-Forwarded-For": "10.0.0.1", "X-Forwarded-Host": "evil.example",
                "X-Portal-User-Email": "tom@grace.example", "X-Portal-Tenant-Id": "tnt_acme",
                "Accept": "application/json", "X-Anything": "x",
            ]
        )
        #expect(answer.status == 200)
        #expect(answer.headers["Set-Cookie"] == nil)
        let call = try #require(try await calls(stack).first)
        #expect(call["path"] == "/mission/events")
        #expect(call["query"] == "from=2026-01-01")
        let headers = call["headers"]
        #expect(headers["authorization"] == "(the right key)")
        #expect(headers["x-portal-tenant-id"] == "tnt_grace")
        #expect(headers["x-portal-tenant-slug"] == "grace-mission")
        #expect(headers["x-portal-user-id"] == "hub_maria")
        #expect(headers["x-portal-user-email"] == "maria@grace.example")
        #expect(headers["x-request-id"].text?.isEmpty == false)
        #expect(headers["accept"] == "application/json")
        for name in ["cookie", "x-forwarded-for", "x-forwarded-host", "x-anything"] {
            #expect(headers[name] == .null, "\(name)")
        }
    }

    @Test(arguments: [
        "/api/mission/../psa/portal/tickets", "/api/mission/..", "/api/mission/donations/../members",
        "/api/mission/%2e%2e/psa/portal/tickets/changes", "/api/mission/donations/%2e%2e/members",
        "/api/mission/donations%2fstats", "/api/mission/donations%2Fstats", "/api/mission/..%2fpsa",
        "/api/mission//evil.example/donations", "/api/mission/http://evil.example/", "/api/mission//donations",
        "/api/mission/donations\\..\\members", "/api/mission/%5c%5cevil.example", "/api/mission/donations%00",
        "/api/mission/donations%252fstats", "/api/mission/@evil.example/donations", "/api/mission/Donations",
        "/api/mission/members", "/api/mission/", "/api/mission/donations/stats/x", "/api/mission/donations;x",
        "/api/mission/donations%0d%0aX-Evil:1",
    ])
    func aPathThatIsNotOnTheListGoesNowhere(path: String) async throws {
        let stack = try PortalStack.current
        let maria = try await stack.signIn("maria")
        let before = try await stack.sandbox.send(.get, "/sandbox/state").json["calls"].items.count
        for method in ["GET", "POST"] {
            let head = "\(method) \(path) HTTP/1.1\r\nHost: portal\r\nCookie: \(maria.cookie)\r\nConnection: close\r\n"
            let answer = try await exchange(head + "Content-Length: 0\r\n\r\n", port: stack.portal.port)
            #expect(answer.hasPrefix("HTTP/1.1 404 ") || answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
        }
        // Only the sign-in has come to the sandbox since; the state's list ends at 50 calls.
        let after = try await stack.sandbox.send(.get, "/sandbox/state").json["calls"].items
        #expect(after.count == before || before == 50)
        #expect(after.first?["peer"] == "hub", "\(after.first?.encoded ?? "")")
    }

    @Test(arguments: ["donations", "events", "donations/stats"])
    func readingPathsTakeNoPost(path: String) async throws {
        let maria = try await PortalStack.current.signIn("maria")
        #expect(try await maria.post("/api/mission/\(path)", ["text": "x"]).status == 404)
    }

    @Test func aHugePrayerIsRefused() async throws {
        let stack = try PortalStack.current
        let maria = try await stack.signIn("maria")
        let before = try await calls(stack).count
        let answer = try await maria.send(
            .post,
            "/api/mission/prayer",
            headers: ["Content-Type": "application/json"],
            body: String(repeating: "a", count: 50 << 20)
        )
        #expect(answer.status == 413)
        #expect(answer.json["error"]["code"] == "body_too_large")
        #expect(try await calls(stack).count == before)
    }

    @Test func anMSPsClientHasNoMission() async throws {
        let stack = try PortalStack.current
        let answer = try await stack.signIn("dana").get("/api/mission/events")
        #expect(answer.status == 404)
        #expect(answer.body == #"{"error":{"code":"not_found","message":"Not found"}}"#)
        #expect(try await stack.portal.send(.get, "/api/mission/events").status == 401)
    }

    @Test func whatMissionGetsWrongIsSaid() async throws {
        let stack = try PortalStack.current
        let maria = try await stack.signIn("maria")
        try await stack.act("faults", ["mission": "half"])
        await #expect(throws: (any Error).self, "Half a body must not look whole") {
            _ = try await maria.get("/api/mission/events")
        }
        try await stack.act("faults", ["mission": "500"])
        #expect(try await maria.get("/api/mission/events").status == 500)
        try await stack.act("faults", ["mission": nil])
        #expect(try await maria.get("/api/mission/events").status == 200)
    }

    @Test func aMissionThatDoesNotListenIsABadGateway() async throws {
        let stack = try await PortalStack(settings: ["MISSION_API_URL": "http://127.0.0.1:\(try freePort())"])
        let maria = try await stack.signIn("maria")
        let answer = try await maria.get("/api/mission/events")
        #expect(answer.status == 502)
        #expect(
            answer.body == #"{"error":{"code":"mission_unreachable","message":"Mission cannot be reached."}}"#
        )
        #expect(await (try stack.portal).process.waitForOutput("Mission at 127.0.0.1:"))
        #expect(try !stack.portal.process.output.contains("mission-key-of-the-tests"))
        await stack.end()
    }
}
