import FunctionKit
import FunctionTesting
import Portal
import PortalLogout
import Testing

/// Sessions live and die as the store says.
struct SessionTests {
    static let expired = #"{"error":{"code":"session_expired","message":"Session expired"}}"#

    @Test func tellsWhoOneIs() async throws {
        let world = try await PortalWorld()
        let answer = try await world.call(SessionFunction.self, as: try await world.cookie(for: "eric"))
        #expect(answer.status == 200)
        #expect(answer.headers["Cache-Control"] == "no-store")
        for part in [
            #""id":"eric""#, #""role":"user""#, #""slug":"acme-msp""#, #""org_type":"msp""#, #""id":"c-1""#,
            #""expires_at":"2026-01-02T00:00:00.000Z""#, #""tickets.create""#,
        ] {
            #expect(answer.text.contains(part), "\(part)")
        }
        #expect(!answer.text.contains("tickets.view_company"))
        let admin = try await world.call(SessionFunction.self, as: try await world.cookie(for: "dana"))
        #expect(admin.text.contains("tickets.view_company"))
        #expect(admin.text.contains("team.manage"))
    }

    @Test func aRoleChangeTakesEffectAtOnce() async throws {
        let world = try await PortalWorld()
        let cookie = try await world.cookie(for: "eric")
        try await world.store().collection(.users).update("eric") { $0.role = .init(rawValue: "company_admin") }
        #expect(try await world.call(SessionFunction.self, as: cookie).text.contains("tickets.view_company"))
    }

    @Test(arguments: [
        "", "portal_session=", "portal_session=x", "portal_session=a.b.c", "other=1", "portal_session=null",
    ])
    func refusesWhatIsNoSession(_ cookie: String) async throws {
        let world = try await PortalWorld()
        let answer = try await world.call(SessionFunction.self, as: cookie.isEmpty ? nil : cookie)
        #expect(answer.status == 401)
        #expect(answer.text == Self.expired)
    }

    @Test func refusesASessionSignedByHub() async throws {
        let world = try await PortalWorld()
        let token = HubLink(now: world.app.clock.now).with(["tenant": "\"acme-msp\""]).token()
        #expect(try await world.call(SessionFunction.self, as: "portal_session=\(token)").status == 401)
    }

    static let endings: [(String, @Sendable (PortalWorld) async throws -> Void)] = [
        ("24 hours", { $0.app.clock.advance(by: .seconds(86_400)) }),
        ("disabled", { try await $0.store().collection(.users).update("eric") { $0.status = .disabled } }),
        ("invited", { try await $0.store().collection(.users).update("eric") { $0.status = .invited } }),
        ("user gone", { try await $0.store().collection(.users).delete("eric") }),
        ("moved", { try await $0.store().collection(.users).update("eric") { $0.companyID = "c-2" } }),
        ("company gone", { try await $0.store().collection(.companies).delete("c-1") }),
        ("company disabled", { try await $0.store().collection(.companies).update("c-1") { $0.status = "disabled" } }),
        (
            "tenant suspended",
            {
                let tenants = try $0.app.store.system("_portal").collection(.tenants)
                try await tenants.update("acme-msp") { $0.status = .init(rawValue: "suspended") }
            }
        ),
        (
            "record gone",
            { world in
                let sessions = try world.store().collection(.sessions)
                try await sessions.forEach { try await sessions.delete($0.id) }
            }
        ),
    ]

    @Test(arguments: endings.indices)
    func ends(_ row: Int) async throws {
        let world = try await PortalWorld()
        let cookie = try await world.cookie(for: "eric")
        #expect(try await world.call(SessionFunction.self, as: cookie).status == 200)
        try await Self.endings[row].1(world)
        let answer = try await world.call(SessionFunction.self, as: cookie)
        #expect(answer.status == 401, "\(Self.endings[row].0)")
        #expect(answer.text == Self.expired)
    }

    @Test func logoutEndsThisSessionAndNoOther() async throws {
        let world = try await PortalWorld()
        let first = try await world.cookie(for: "eric")
        let second = try await world.cookie(for: "eric")
        let answer = try await world.call(PortalLogout.self, .post, as: first)
        #expect(answer.status == 204)
        #expect(answer.headers["Set-Cookie"] == "portal_session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax")
        #expect(try await world.call(SessionFunction.self, as: first).status == 401)
        #expect(try await world.call(SessionFunction.self, as: second).status == 200)
        #expect(try await world.store().collection(.auditLog).page().items.map(\.action) == ["session.end"])
        #expect(try await world.call(PortalLogout.self, .post, as: first).status == 204)
        #expect(try await world.call(PortalLogout.self, .post).status == 204)
    }

    @Test func twoFunctionsAgreeOnOneSecretInDevelopment() async throws {
        var settings = PortalWorld.settings
        settings["PORTAL_SESSION_SECRET"] = nil
        let world = try await PortalWorld(settings: settings)
        async let first = world.cookie(for: "eric")
        async let second = world.cookie(for: "dana")
        for cookie in try await [first, second] {
            #expect(try await world.call(SessionFunction.self, as: cookie).status == 200)
        }
        let warnings = world.app.log.messages(.warning).filter { $0.contains("PORTAL_SESSION_SECRET") }
        #expect(warnings.count == 1)
    }
}
