import FunctionKit
import Testing

/// Signing in with the Hub's one-time links, on the running portal.
@Suite(.portalStack(), .serialized)
struct HubSignInTests {
    @Test func danaSignsInAndOut() async throws {
        let stack = try PortalStack.current
        let answer = try await stack.portal.send(.get, try await stack.hubLink("dana"))
        #expect(answer.status == 302)
        #expect(answer.headers["Location"] == "/portal/tickets")
        #expect(answer.headers["Referrer-Policy"] == "no-referrer")
        #expect(answer.headers["Cache-Control"] == "no-store")
        #expect(answer.headers.values(of: "Set-Cookie").count == 1)
        let cookie = try #require(answer.headers["Set-Cookie"])
        let parts = cookie.split(separator: "; ").map(String.init)
        #expect(parts[0].hasPrefix("portal_session="))
        #expect(parts.dropFirst() == ["Path=/", "Max-Age=86400", "HttpOnly", "Secure", "SameSite=Lax"])

        let dana = Client(stack: stack, cookie: parts[0])
        let session = try await dana.get("/api/portal/auth/session")
        #expect(session.status == 200)
        #expect(session.json["user"]["email"] == "dana@borealis.example")
        #expect(session.json["user"]["role"] == "user")
        #expect(session.json["company"]["name"] == "Borealis Bakery")
        #expect(session.json["tenant"] == ["slug": "acme-msp", "name": "Acme Managed Services", "org_type": "msp"])
        #expect(session.json["permissions"].items.contains("tickets.create"))

        let other = try await stack.signIn("dana")
        let logout = try await dana.send(.post, "/api/portal/auth/logout")
        #expect(logout.status == 204)
        #expect(logout.headers["Set-Cookie"]?.hasPrefix("portal_session=; Path=/; Max-Age=0") == true)
        let after = try await dana.get("/api/portal/auth/session")
        #expect(after.status == 401)
        #expect(after.body == #"{"error":{"code":"session_expired","message":"Session expired"}}"#)
        #expect(try await other.get("/api/portal/auth/session").status == 200, "Other sessions of hers go on")
    }

    /// A token that is refused, and how it differs from a good one.
    struct Refused: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var token: @Sendable () -> String

        init(_ name: String, _ token: @escaping @Sendable () -> String) {
            testDescription = name
            self.token = token
        }

        init(_ name: String, _ changes: @escaping @Sendable () -> [String: JSON]) {
            self.init(name) { HubLink.token(HubLink.claims(changes())) }
        }

        static func seconds(_ iat: Int, _ exp: Int) -> [String: JSON] {
            ["iat": .number(Double(HubLink.now + iat)), "exp": .number(Double(HubLink.now + exp))]
        }
    }

    static let refused =
        [
            Refused("empty") { "" }, Refused("no token") { "a.b.c" }, Refused("two parts") { "a.b" },
            Refused("alg none, unsigned") {
                let token = HubLink.token(HubLink.claims(), algorithm: "none")
                return token.split(separator: ".").dropLast().joined(separator: ".") + "."
            },
            Refused("alg none, signed") { HubLink.token(HubLink.claims(), algorithm: "none") },
            Refused("alg HS384") { HubLink.token(HubLink.claims(), algorithm: "HS384") },
            Refused("alg RS256") { HubLink.token(HubLink.claims(), algorithm: "RS256") },
            Refused("alg hs256") { HubLink.token(HubLink.claims(), algorithm: "hs256") },
            Refused("wrong signature") { HubLink.token(HubLink.claims(), secret: "another secret") },
            Refused("cut signature") { String(HubLink.token(HubLink.claims()).dropLast(2)) },
            Refused("huge") { HubLink.token(HubLink.claims(["name": .text(String(repeating: "x", count: 5000))])) },
            Refused("71 s old") { Refused.seconds(-71, -1) },
            Refused("71 s old, still valid") { Refused.seconds(-71, 10) },
            Refused("ended") { Refused.seconds(-20, -1) },
            Refused("from the future") { Refused.seconds(30, 90) },
            Refused("valid for 71 s") { Refused.seconds(0, 71) },
            Refused("without iat, valid for long") { ["iat": nil, "exp": .number(Double(HubLink.now + 3600))] },
            Refused("wrong context") { ["context": "portal_staff"] },
            Refused("unknown tenant") { ["tenant_slug": "nobody", "tenant_id": "tnt_nobody"] },
            Refused("suspended tenant") { ["tenant_slug": "paused-msp", "tenant_id": "tnt_paused"] },
            Refused("another tenant's id") { ["tenant_id": "tnt_zenith"] },
            Refused("a path as tenant") { ["tenant_slug": "../acme-msp"] },
            Refused("unknown access level") { ["access_level": "root"] },
            Refused("no e-mail address") { ["email": "dana"] },
            Refused("a number as subject") { ["sub": 7] },
        ]
        + ["context", "sub", "email", "tenant_id", "tenant_slug", "client_id", "access_level", "jti", "exp"].map {
            name in Refused("without \(name)") { [name: nil] }
        }

    @Test(arguments: refused)
    func refuses(_ row: Refused) async throws {
        let stack = try PortalStack.current
        let answer = try await stack.portal.send(.get, HubLink.path(row.token()))
        #expect(answer.status == 401)
        #expect(
            answer.body == #"{"error":{"code":"sso_token_invalid","message":"Invalid or expired SSO token"}}"#
        )
        #expect(answer.headers["Set-Cookie"] == nil)
        #expect(answer.headers["Referrer-Policy"] == "no-referrer")
        #expect(answer.headers["Cache-Control"] == "no-store")
    }

    @Test func aBrowserGetsAPage() async throws {
        let stack = try PortalStack.current
        let answer = try await stack.portal.send(
            .get,
            HubLink.path("x") + "&tenant=acme-msp",
            headers: ["Accept": "text/html,application/xhtml+xml"]
        )
        #expect(answer.status == 401)
        #expect(answer.headers["Content-Type"]?.hasPrefix("text/html") == true)
        #expect(answer.body.contains("Invalid or expired SSO token"))
        #expect(answer.body.contains("Acme Managed Services"))
    }

    @Test func oneOfFiftyClientsWins() async throws {
        let stack = try PortalStack.current
        let portal = try stack.portal
        let path = HubLink.path(HubLink.token(HubLink.claims()))
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<50 { group.addTask { try await portal.send(.get, path) } }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(answers.filter { $0.status == 302 }.count == 1)
        let losers = answers.filter { $0.status != 302 }
        #expect(losers.count == 49)
        for loser in losers {
            #expect(loser.status == 401)
            #expect(loser.body == #"{"error":{"code":"sso_token_used","message":"Token already used"}}"#)
            #expect(loser.headers["Set-Cookie"] == nil)
        }
    }

    @Test func aUsedTokenStaysUsedAfterACrash() async throws {
        let stack = try PortalStack.current
        let path = HubLink.path(HubLink.token(HubLink.claims()))
        let first = try await stack.portal.send(.get, path)
        #expect(first.status == 302)
        let cookie = try #require(first.headers["Set-Cookie"]?.split(separator: ";").first)
        try await stack.crashPortal()
        try await stack.start()
        let again = try await stack.portal.send(.get, path)
        #expect(again.status == 401)
        #expect(again.body == #"{"error":{"code":"sso_token_used","message":"Token already used"}}"#)
        let session = try await Client(stack: stack, cookie: String(cookie)).get("/api/portal/auth/session")
        #expect(session.status == 200, "The session outlives the crash")
    }

    @Test func noTokenAndNoSecretReachTheLog() async throws {
        let stack = try PortalStack.current
        let token = HubLink.token(HubLink.claims())
        _ = try await stack.portal.send(.get, HubLink.path(token))
        _ = try await stack.portal.send(.get, "/api/portal/auth/session?after=token")
        #expect(await (try stack.portal).process.waitForOutput("GET /api/portal/auth/session"))
        let log = try stack.portal.process.output
        #expect(!log.contains(token))
        #expect(!log.contains(HubLink.secret))
        #expect(!log.contains("portal_session="))
    }

    @Test(arguments: ["GET /api/portal/tickets", "GET /api/portal/invoices", "GET /api/mission/events"])
    func nothingIsThereWithoutASession(request: String) async throws {
        let stack = try PortalStack.current
        let path = String(request.dropFirst(4))
        for cookie in ["", "portal_session=", "portal_session=a.b.c", "portal_session=\(HubLink.token([:]))"] {
            let answer = try await stack.portal.send(.get, path, headers: ["Cookie": cookie])
            #expect(answer.status == 401)
            #expect(answer.body == #"{"error":{"code":"session_expired","message":"Session expired"}}"#)
        }
    }
}
