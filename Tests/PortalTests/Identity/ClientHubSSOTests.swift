import ClientHubSSO
import Crypto
import FunctionKit
import FunctionTesting
import Portal
import Testing

/// Hub sign-in: what is let in, what is refused with which words, and what is left in the store.
struct ClientHubSSOTests {
    static let target = "/api/auth/client-hub-sso?token="

    @Test func signsIn() async throws {
        let world = try await PortalWorld()
        let answer = try await world.call(
            ClientHubSSO.self,
            .get,
            Self.target + HubLink(now: world.app.clock.now).token()
        )
        #expect(answer.status == 302)
        #expect(answer.headers["Location"] == "/portal/tickets")
        #expect(answer.headers["Referrer-Policy"] == "no-referrer")
        #expect(answer.headers["Cache-Control"] == "no-store")
        let cookie = try #require(answer.headers["Set-Cookie"])
        #expect(cookie.hasPrefix("portal_session=ey"))
        #expect(cookie.hasSuffix("; Path=/; Max-Age=86400; HttpOnly; Secure; SameSite=Lax"))

        let user = try #require(try await world.store().collection(.users).get("hub-1"))
        #expect(user.email == "New.Person@client.example")
        #expect(user.companyID == "c-1")
        #expect(user.role == .user)
        #expect(user.status == .active)
        #expect(user.hubUserID == "hub-1")
        #expect(user.psaContactID == "contact-1")
        #expect(user.psaCompanyID == "psa-c-1")
        #expect(user.loginCount == 1)
        #expect(user.lastLoginAt == world.app.clock.now)
        let entries = try await world.store().collection(.auditLog).page().items
        #expect(entries.map(\.action) == ["session.begin"])
        #expect(entries.first?.actorID == "hub-1")
    }

    @Test func linksACompanyThatHasNoPSAIDAndKeepsWhatAnImportAdded() async throws {
        let world = try await PortalWorld()
        let store = try world.store()
        let key = try DocumentKey(CollectionName("companies"), DocumentID("northwind"))
        let body = #"{"name":"Northwind","vat":"DE1","address":{"city":"Kiel"}}"#
        _ = try await store.partition.commit(WriteBatch([.init(key, .upsert(.init(body: Array(body.utf8))))]))
        let links = HubLink(now: world.app.clock.now).with(["client_id": "\"northwind\""])
        for (id, psaID, expected) in [("1", "77", "77"), ("2", "78", "77")] {
            let link = links.with(["psa_company_id": "\"\(psaID)\"", "jti": "\"\(id)\""])
            #expect(try await world.call(ClientHubSSO.self, .get, Self.target + link.token()).status == 302)
            #expect(try await store.collection(.companies).get("northwind")?.psaCompanyID == expected)
        }
        let stored = try #require(try await store.partition.get(key))
        let text = String(decoding: stored.body, as: UTF8.self)
        #expect(text.contains(#""vat":"DE1""#) && text.contains(#""address":{"city":"Kiel"}"#))
    }

    @Test func aPSAIDOfAnotherCompanyStaysThere() async throws {
        let world = try await PortalWorld()
        let companies = try world.store().collection(.companies)
        _ = try await companies.create(Company(name: "Northwind"), id: "northwind")
        let link = HubLink(now: world.app.clock.now)
            .with(["client_id": "\"northwind\"", "psa_company_id": "\"psa-c-2\""])
        #expect(try await world.call(ClientHubSSO.self, .get, Self.target + link.token()).status == 302)
        #expect(try await companies.get("northwind")?.psaCompanyID == nil)
        #expect(try await companies.first(index: "by_psa_company", equals: ["psa-c-2"])?.id == "c-2")
    }

    @Test func emptyOptionalClaimsAreAbsent() async throws {
        let world = try await PortalWorld()
        let link = HubLink(now: world.app.clock.now)
            .with(["psa_contact_id": "\"\"", "psa_company_id": "\"\"", "name": "\"\""])
        #expect(try await world.call(ClientHubSSO.self, .get, Self.target + link.token()).status == 302)
        let user = try #require(try await world.store().collection(.users).get("hub-1"))
        #expect(user.psaContactID == nil)
        #expect(user.name == "New.Person@client.example")
    }

    /// Each row: what is changed in a good link.
    static let badClaims: [(String, [String: String?])] = [
        ("another context", ["context": "\"staff\""]), ("no context", ["context": nil]),
        ("no exp", ["exp": nil]), ("exp as text", ["exp": "\"9999999999\""]), ("exp over", ["exp": "1767225600"]),
        ("exp negative", ["exp": "-1"]), ("exp far away", ["exp": "1767229200"]), ("exp huge", ["exp": "1e300"]),
        ("71 seconds old", ["iat": "1767225529"]),
        ("71 seconds old, still running", ["iat": "1767225529", "exp": "1767225605"]),
        ("from the future", ["iat": "1767225660", "exp": "1767225720"]),
        ("valid for 71 seconds", ["iat": "1767225599", "exp": "1767225670"]),
        ("iat as text", ["iat": "\"1767225590\""]), ("no iat and an hour to go", ["iat": nil, "exp": "1767229200"]),
        ("not valid yet", ["nbf": "1767225630"]),
        ("no sub", ["sub": nil]), ("sub a number", ["sub": "5"]), ("sub empty", ["sub": "\"\""]),
        ("sub with a line break", ["sub": #""a\nb""#]),
        ("sub too long", ["sub": "\"\(String(repeating: "x", count: 257))\""]),
        ("no email", ["email": nil]), ("email no address", ["email": "\"nobody\""]),
        ("email a list", ["email": "[\"a@b.c\"]"]),
        ("no tenant_id", ["tenant_id": nil]), ("another tenant's id", ["tenant_id": "\"t-globex-msp\""]),
        ("no tenant_slug", ["tenant_slug": nil]),
        ("unknown tenant", ["tenant_slug": "\"nobody\"", "tenant_id": "\"t-nobody\""]),
        ("tenant_slug a path", ["tenant_slug": "\"../_host\""]),
        ("tenant_slug the system's", ["tenant_slug": "\"_portal\""]),
        ("no client_id", ["client_id": nil]), ("client_id null", ["client_id": "null"]),
        ("no access_level", ["access_level": nil]), ("unknown access_level", ["access_level": "\"owner\""]),
        ("no jti", ["jti": nil]), ("jti a number", ["jti": "1"]), ("psa_contact_id a number", ["psa_contact_id": "1"]),
        ("psa_company_id an object", ["psa_company_id": "{}"]),
    ]

    @Test(arguments: badClaims)
    func refusesClaims(_ name: String, _ changes: [String: String?]) async throws {
        let world = try await PortalWorld()
        let link = HubLink(now: world.app.clock.now).with(changes)
        try await expectRefusal(link.token(), in: world)
    }

    static let badTokens: [(String, @Sendable (HubLink) -> String)] = [
        ("nothing", { _ in "" }), ("no token at all", { _ in "x" }),
        ("alg none", { $0.token(header: #"{"alg":"none"}"#) }),
        (
            "alg none without a signature",
            { String($0.token(header: #"{"alg":"none"}"#).prefix { $0 != "." }) + ".e30." }
        ),
        ("another algorithm", { $0.token(header: #"{"alg":"HS512"}"#) }),
        ("no algorithm", { $0.token(header: "{}") }),
        ("a wrong signature", { $0.token(secret: "another secret") }),
        ("the session's secret", { $0.token(secret: PortalWorld.sessionSecret) }),
        ("no JSON", { $0.token(payload: "hello") }),
        ("a claim twice", { $0.token(payload: $0.payload.dropLast() + #","jti":"other"}"#) }),
    ]

    @Test(arguments: badTokens.indices)
    func refusesTokens(_ row: Int) async throws {
        let world = try await PortalWorld()
        try await expectRefusal(Self.badTokens[row].1(HubLink(now: world.app.clock.now)), in: world)
    }

    private func expectRefusal(_ token: String, in world: PortalWorld) async throws {
        let answer = try await world.call(ClientHubSSO.self, .get, Self.target + token)
        #expect(answer.status == 401)
        #expect(answer.text == #"{"error":{"code":"sso_token_invalid","message":"Invalid or expired SSO token"}}"#)
        #expect(answer.headers["Set-Cookie"] == nil)
        #expect(answer.headers["Referrer-Policy"] == "no-referrer")
        #expect(answer.headers["Cache-Control"] == "no-store")
        #expect(try await world.store().collection(.users).page().items.count == 3)
        #expect(try await world.store().collection(.sessions).page().items.isEmpty)
        if token.count > 20 { #expect(!world.app.log.text.contains(token)) }
    }

    @Test(arguments: [
        ["iat": nil], ["exp": "1767225600.5"], ["iat": "1767225531", "exp": "1767225600.5"], ["iat": "1767225604"],
        ["psa_contact_id": "null", "psa_company_id": nil], ["nbf": "1767225600"], ["name": "\"Dana Ω\""],
    ])
    func acceptsClaims(_ changes: [String: String?]) async throws {
        let world = try await PortalWorld()
        let link = HubLink(now: world.app.clock.now).with(changes)
        let answer = try await world.call(ClientHubSSO.self, .get, Self.target + link.token())
        #expect(answer.status == 302)
    }

    @Test func saysWhenItIsNotConfigured() async throws {
        var settings = PortalWorld.settings
        settings["PORTAL_CLIENT_SSO_SECRET"] = nil
        let world = try await PortalWorld(settings: settings)
        let answer = try await world.call(
            ClientHubSSO.self,
            .get,
            Self.target + HubLink(now: world.app.clock.now).token()
        )
        #expect(answer.status == 503)
        #expect(answer.text == #"{"error":{"code":"sso_not_configured","message":"Client SSO not configured"}}"#)
    }

    @Test func oneOfFiftySimultaneousUsesWins() async throws {
        let world = try await PortalWorld()
        let function = try await ClientHubSSO(app: world.app.context())
        let other = try await ClientHubSSO(app: world.app.context())
        let token = HubLink(now: world.app.clock.now).token()
        let answers = try await pumping(world.app.clock) {
            try await withThrowingTaskGroup(of: Answer.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        try await world.call(number.isMultiple(of: 2) ? function : other, .get, Self.target + token)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(answers.count { $0.status == 302 } == 1)
        let losers = answers.filter { $0.status != 302 }
        #expect(losers.count == 49)
        #expect(losers.allSatisfy { $0.status == 401 })
        #expect(
            losers.allSatisfy {
                $0.text == #"{"error":{"code":"sso_token_used","message":"Token already used"}}"#
            }
        )
        #expect(try await world.store().collection(.sessions).page().items.count == 1)
    }

    @Test func aTokenStaysUsedUntilItHasCertainlyExpired() async throws {
        let world = try await PortalWorld()
        let token = HubLink(now: world.app.clock.now).token()
        let start = world.app.clock.now
        #expect(try await world.call(ClientHubSSO.self, .get, Self.target + token).status == 302)
        world.app.clock.advance(by: .seconds(59))
        #expect(try await world.call(ClientHubSSO.self, .get, Self.target + token).text.contains("Token already used"))
        world.app.clock.advance(by: .seconds(2))
        #expect(try await world.call(ClientHubSSO.self, .get, Self.target + token).text.contains("Invalid or expired"))
        // Somebody sets the clock back: the token is in time again, and still used.
        world.app.clock.setWallTime(start)
        #expect(try await world.call(ClientHubSSO.self, .get, Self.target + token).text.contains("Token already used"))
    }

    @Test func firstSignInsAtOnceMakeOneUserAndOneCompany() async throws {
        let world = try await PortalWorld()
        let function = try await ClientHubSSO(app: world.app.context())
        let now = world.app.clock.now
        let statuses = try await pumping(world.app.clock) {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<12 {
                    let link = HubLink(now: now, id: "jti-\(number)")
                        .with(["client_id": "\"new-1\"", "psa_company_id": "\"new-1\"", "company_name": "\"New Inc\""])
                    group.addTask { try await world.call(function, .get, Self.target + link.token()).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(statuses == Array(repeating: 302, count: 12))
        let users = try await world.store().collection(.users).page().items
        #expect(users.count == 4)
        #expect(users.first { $0.id == "hub-1" }?.loginCount == 12)
        let companies = try await world.store().collection(.companies).page().items
        #expect(companies.count == 3)
        #expect(companies.first { $0.id == "new-1" }?.name == "New Inc")
    }

    @Test func linksAKnownPersonByEMailWhateverItsCase() async throws {
        let world = try await PortalWorld()
        let link = HubLink(now: world.app.clock.now, user: "hub-9", email: "DANA@Client.Example")
            .with(["access_level": "\"company_admin\"", "name": "\"Dana Scully\""])
        #expect(try await world.call(ClientHubSSO.self, .get, Self.target + link.token()).status == 302)
        let dana = try #require(try await world.store().collection(.users).get("dana"))
        #expect(dana.hubUserID == "hub-9")
        #expect(dana.name == "Dana Scully")
        #expect(dana.email == "DANA@Client.Example")
        #expect(dana.role == .companyAdmin)

        // From now on Hub's id is what counts, also with another address and a lower access level.
        let later = HubLink(now: world.app.clock.now, id: "jti-2", user: "hub-9", email: "scully@client.example")
            .with(["access_level": "\"company\""])
        #expect(try await world.call(ClientHubSSO.self, .get, Self.target + later.token()).status == 302)
        let changed = try #require(try await world.store().collection(.users).get("dana"))
        #expect(changed.email == "scully@client.example")
        #expect(changed.role == .user)
        #expect(changed.loginCount == 2)
        #expect(try await world.store().collection(.users).page().items.count == 3)
    }

    @Test func anAddressOfSomebodyElseDoesNotKeepAPersonOut() async throws {
        let world = try await PortalWorld()
        let first = HubLink(now: world.app.clock.now)
        #expect(try await world.call(ClientHubSSO.self, .get, Self.target + first.token()).status == 302)
        let second = HubLink(now: world.app.clock.now, id: "jti-2", email: "eric@client.example")
        #expect(try await world.call(ClientHubSSO.self, .get, Self.target + second.token()).status == 302)
        #expect(try await world.store().collection(.users).get("hub-1")?.email == "New.Person@client.example")
        #expect(try await world.store().collection(.users).get("eric")?.hubUserID == nil)
    }

    @Test func refusesADisabledUserAndASuspendedTenant() async throws {
        let world = try await PortalWorld()
        try await world.store().collection(.users).update("eric") { $0.status = .disabled }
        let link = HubLink(now: world.app.clock.now, email: "eric@client.example")
        let answer = try await world.call(ClientHubSSO.self, .get, Self.target + link.token())
        #expect(answer.status == 401)
        #expect(answer.text.contains("Invalid or expired SSO token"))
        #expect(try await world.store().collection(.users).get("eric")?.loginCount == 0)

        try await world.app.store.system("_portal").collection(.tenants).update("acme-msp") { $0.status = .suspended }
        let other = HubLink(now: world.app.clock.now, id: "jti-2")
        #expect(try await world.call(ClientHubSSO.self, .get, Self.target + other.token()).status == 401)
    }

    @Test func anInvitedUserBecomesActive() async throws {
        let world = try await PortalWorld()
        try await world.store().collection(.users).update("eric") { $0.status = .invited }
        let link = HubLink(now: world.app.clock.now, email: "eric@client.example")
        #expect(try await world.call(ClientHubSSO.self, .get, Self.target + link.token()).status == 302)
        #expect(try await world.store().collection(.users).get("eric")?.status == .active)
    }

    @Test func aBrowserSeesAPageInTheTenantsBranding() async throws {
        let world = try await PortalWorld()
        _ = try await world.store().collection(.branding).create(
            Branding(portalName: "Acme <Help>", primaryColor: "#123456"),
            id: "branding"
        )
        let link = HubLink(now: world.app.clock.now).with(["exp": "1767225600"])
        let answer = try await world.call(
            ClientHubSSO.self,
            .get,
            Self.target + link.token(),
            headers: ["Accept": "text/html,application/xhtml+xml,*/*;q=0.8"]
        )
        #expect(answer.status == 401)
        #expect(answer.headers["Content-Type"] == "text/html; charset=utf-8")
        #expect(answer.headers["Content-Security-Policy"]?.contains("default-src 'none'") == true)
        #expect(answer.headers["Referrer-Policy"] == "no-referrer")
        #expect(answer.headers["Cache-Control"] == "no-store")
        #expect(answer.text.contains("Invalid or expired SSO token"))
        #expect(answer.text.contains("Acme &lt;Help&gt;"))
        #expect(answer.text.contains("#123456"))
        #expect(!answer.text.contains(link.token()))
    }

    @Test func aPageForNobodyKnownIsViolet() async throws {
        let world = try await PortalWorld()
        let answer = try await world.call(ClientHubSSO.self, .get, Self.target, headers: ["Accept": "text/html"])
        #expect(answer.text.contains("#7c3aed"))
    }

    @Test func keepsEveryTokenAndSecretOutOfStoreAndLog() async throws {
        let world = try await PortalWorld()
        let token = HubLink(now: world.app.clock.now, id: "a-jti-to-look-for").token()
        let answer = try await world.call(ClientHubSSO.self, .get, Self.target + token)
        let cookie = try #require(answer.headers["Set-Cookie"]?.split(separator: ";").first?.dropFirst(15))
        var written = world.app.log.text
        for name in ["tokens", "sessions", "users", "audit_log"] {
            let page = try await world.store().partition.query(
                StoreQuery(collection: try CollectionName(name), limit: 100)
            )
            #expect(!page.documents.isEmpty)
            for document in page.documents { written += String(decoding: document.json, as: UTF8.self) }
        }
        for secret in [token, String(cookie), "a-jti-to-look-for", PortalWorld.ssoSecret, PortalWorld.sessionSecret] {
            #expect(!written.contains(secret))
        }
    }
}
