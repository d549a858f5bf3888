import FunctionKit
import Testing

/// What strangers, other web pages and probes get from the portal.
@Suite(.portalStack(), .serialized)
struct PortalEdgeTests {
    @Test func healthTellsStrangersOneWord() async throws {
        let stack = try PortalStack.current
        let answer = try await stack.portal.send(.get, "/api/health")
        #expect(answer.status == 200)
        #expect(answer.body == #"{"status":"ok"}"#)
        let wrong = try await stack.portal.send(.get, "/api/health", headers: ["x-functions-key": "wrong"])
        #expect(wrong.body == #"{"status":"ok"}"#)
    }

    @Test func healthTellsStaffEverything() async throws {
        let stack = try PortalStack.current
        let health = try await stack.health()
        #expect(health["status"] == "ok")
        let entries = health["integrations"].items
        #expect(entries.map { $0["name"] } == ["psa", "hub_sso", "legal", "mission", "books", "email"])
        for entry in entries where entry["name"] != "email" { #expect(entry["configured"] == true) }
        for name in ["psa", "legal", "mission", "books"] {
            #expect(entries.first { $0["name"] == .text(name) }?["reachable"] == true, "\(name)")
        }
        #expect(health["queues"].items.map { $0["queue"] } == ["portal-signing-notify", "legal-webhook"])
    }

    @Test func anAllowedOriginMayCall() async throws {
        let stack = try PortalStack.current
        let answer = try await stack.portal.send(
            .options,
            "/api/portal/tickets",
            headers: ["Origin": PortalStack.origin, "Access-Control-Request-Method": "POST"]
        )
        #expect(answer.status == 204)
        #expect(answer.headers["Access-Control-Allow-Origin"] == PortalStack.origin)
        #expect(answer.headers["Access-Control-Allow-Credentials"] == "true")
        #expect(answer.headers["Access-Control-Allow-Methods"]?.contains("POST") == true)
        #expect(answer.headers["Vary"]?.contains("Origin") == true)
    }

    @Test(arguments: [
        "https://evil.example", "https://clients.example.com.evil.example", "http://clients.example.com", "null",
        "https://clients.example.com:8443", "https://user@clients.example.com",
    ])
    func aForeignOriginMayNot(origin: String) async throws {
        let stack = try PortalStack.current
        let preflight = try await stack.portal.send(
            .options,
            "/api/portal/tickets",
            headers: ["Origin": origin, "Access-Control-Request-Method": "POST"]
        )
        #expect(preflight.headers["Access-Control-Allow-Origin"] == nil)
        #expect(preflight.headers["Access-Control-Allow-Methods"] == nil)
        let dana = try await stack.signIn("dana")
        let before = try await dana.all("/api/portal/tickets").count
        let forged = try await dana.send(
            .post,
            "/api/portal/tickets",
            headers: ["Origin": origin, "Content-Type": "text/plain"],
            body: #"{"subject":"forged","description":"x"}"#
        )
        #expect(forged.status == 403)
        #expect(forged.json["error"]["code"] == "foreign_origin")
        #expect(try await dana.all("/api/portal/tickets").count == before)
    }

    @Test(
        arguments: [
            ("cross-site", PortalStack.origin, 403), ("cross-site", nil, 403), ("same-origin", nil, 201),
            ("same-site", nil, 201), ("none", nil, 201), (nil, nil, 201), (nil, PortalStack.origin, 201),
        ] as [(String?, String?, Int)]
    )
    func aCrossSitePostIsRefused(site: String?, origin: String?, status: Int) async throws {
        let dana = try await PortalStack.current.signIn("dana")
        var headers: HTTPFields = ["Content-Type": "application/json"]
        headers["Sec-Fetch-Site"] = site
        headers["Origin"] = origin
        let answer = try await dana.send(
            .post,
            "/api/portal/tickets",
            headers: headers,
            body: #"{"subject":"Printer","description":"x"}"#
        )
        #expect(answer.status == status)
    }

    /// Without its settings the portal runs and says what is missing.
    @Test func aPortalWithoutSettingsSaysSo() async throws {
        let host = try await RunningHost(app: Workplace.root)
        for (path, message) in [
            ("/api/auth/client-hub-sso?token=x", "Client SSO not configured")
        ] {
            let answer = try await host.send(.get, path)
            #expect(answer.status == 503)
            #expect(answer.json["error"]["message"] == .text(message))
        }
        let push = try await host.send(.post, "/api/internal/signing/push", body: "{}")
        #expect(push.status == 503)
        for name in ["ticket-sync", "invoice-sync"] {
            let run = try await runPostern(["run", name, "--data", host.data.path + "/data", "--port", host.port])
            #expect(run.ending == .exited(0), "\(run.errors)")
        }
        #expect(await host.process.waitForOutput("PSA_API_URL and PSA_SERVICE_KEY"))
        #expect(await host.process.waitForOutput("BOOKS_API_URL and BOOKS_SERVICE_KEY"))
        #expect(await host.stop() == .exited(0))
    }

    /// Outside development a portal without a session secret does not start.
    @Test func productionNeedsASessionSecret() async throws {
        let data = try ScratchFolder()
        let result = try await runPostern(
            ["start", "--app", Workplace.root, "--data", data.path + "/data", "--port", "0"],
            settings: ["AZURE_FUNCTIONS_ENVIRONMENT": "Production"]
        )
        #expect(result.ending == .exited(78))
        #expect(result.errors.contains("PORTAL_SESSION_SECRET is not set"), "\(result.errors)")
    }
}
