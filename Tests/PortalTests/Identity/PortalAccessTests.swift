import FunctionKit
import FunctionTesting
import Portal
import PortalAccess
import Testing

/// The PSA gives access and takes it away.
struct PortalAccessTests {
    static let key: HTTPFields = ["Authorization": "Bearer \(PortalWorld.psaKey)"]

    static func body(
        enabled: Bool = true,
        contact: String = #"{"id":"contact-new","email":"new@client.example","name":"New","phone":"1"}"#,
        company: String = #"{"id":"psa-c-1","name":"Company"}"#,
        level: String = "\"company_admin\"",
        tenant: String = "acme-msp",
        tenantID: String = "t-acme-msp"
    ) -> String {
        """
        {"tenant_id":"\(tenantID)","tenant_slug":"\(tenant)","enabled":\(enabled),"access_level":\(level),
         "contact":\(contact),"company":\(company)}
        """
    }

    @Test func makesAUser() async throws {
        let world = try await PortalWorld()
        let answer = try await world.call(PortalAccess.self, .post, headers: Self.key, body: Self.body())
        #expect(answer.status == 200)
        let user = try #require(
            try await world.store().collection(.users).first(index: "by_email", equals: ["new@client.example"])
        )
        #expect(answer.text.contains(#""user_id":"\#(user.id)""#))
        #expect(answer.text.contains(#""status":"active""#))
        #expect(user.companyID == "c-1")
        #expect(user.role == .companyAdmin)
        #expect(user.psaContactID == "contact-new")
        let again = try await world.call(PortalAccess.self, .post, headers: Self.key, body: Self.body())
        #expect(again.text.contains(#""user_id":"\#(user.id)""#))
        #expect(try await world.store().collection(.users).page().items.count == 4)
    }

    @Test func simultaneousCallsMakeOneUserAndOneCompany() async throws {
        let world = try await PortalWorld()
        let function = try await PortalAccess(app: world.app.context())
        let body = Self.body(company: #"{"id":77,"name":"Seven"}"#)
        let answers = try await pumping(world.app.clock) {
            try await withThrowingTaskGroup(of: Answer.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await world.call(function, .post, headers: Self.key, body: body) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(answers.allSatisfy { $0.status == 200 })
        #expect(Set(answers.map { $0.text.firstMatch(of: #/"user_id":"[^"]+"/#)?.0 }).count == 1)
        #expect(try await world.store().collection(.companies).get("77")?.name == "Seven")
        #expect(try await world.store().collection(.companies).page().items.count == 3)
    }

    @Test func takesAccessAwayAndGivesItBack() async throws {
        let world = try await PortalWorld()
        let cookie = try await world.cookie(for: "eric")
        let contact = #"{"id":"contact-eric","email":"other@client.example"}"#
        let off = try await world.call(
            PortalAccess.self,
            .post,
            headers: Self.key,
            body: Self.body(enabled: false, contact: contact, level: "\"own\"")
        )
        #expect(off.text.contains(#""user_id":"eric""#) && off.text.contains(#""status":"disabled""#))
        #expect(try await world.store().collection(.users).get("eric")?.status == .disabled)
        #expect(try await world.store().collection(.sessions).page().items.isEmpty)
        let portal = try await world.portal()
        await #expect(throws: HTTPError.self) {
            _ = try await portal.sessions.resume(HTTPRequest(path: "/", headers: ["Cookie": cookie]))
        }
        let on = try await world.call(
            PortalAccess.self,
            .post,
            headers: Self.key,
            body: Self.body(contact: contact, level: "\"own\"")
        )
        #expect(on.text.contains(#""user_id":"eric""#) && on.text.contains(#""status":"active""#))
        #expect(
            try await world.store().collection(.auditLog).page().items.map(\.action).sorted() == [
                "portal_access.disable", "portal_access.enable",
            ]
        )
    }

    @Test(arguments: [
        #"{"id":"contact-eric"}"#, #"{"id":"contact-eric","email":null}"#, #"{"id":"contact-eric","email":"?"}"#,
    ])
    func accessIsTakenByTheContactsIDAlone(_ contact: String) async throws {
        let world = try await PortalWorld()
        let off = Self.body(enabled: false, contact: contact)
        #expect(try await world.call(PortalAccess.self, .post, headers: Self.key, body: off).status == 200)
        #expect(try await world.store().collection(.users).get("eric")?.status == .disabled)
        let on = Self.body(contact: contact)
        #expect(try await world.call(PortalAccess.self, .post, headers: Self.key, body: on).status == 400)
        #expect(try await world.store().collection(.users).get("eric")?.status == .disabled)
    }

    @Test func disablingNobodyIsNoError() async throws {
        let world = try await PortalWorld()
        let answer = try await world.call(
            PortalAccess.self,
            .post,
            headers: Self.key,
            body: Self.body(enabled: false)
        )
        #expect(answer.status == 200)
        #expect(answer.text.contains(#""user_id":null"#) && answer.text.contains(#""status":"disabled""#))
        #expect(try await world.store().collection(.users).page().items.count == 3)
    }

    @Test(
        arguments: [
            [:], ["Authorization": "Bearer wrong"], ["Authorization": "Bearer "], ["Authorization": PortalWorld.psaKey],
            ["Authorization": "Basic \(PortalWorld.psaKey)"], ["Authorization": "Bearer \(PortalWorld.psaKey)x"],
            ["x-integration-key": PortalWorld.psaKey],
        ] as [[String: String]]
    )
    func refusesAWrongKey(_ headers: [String: String]) async throws {
        let world = try await PortalWorld()
        let fields = HTTPFields(headers.map { .init(name: $0.key, value: $0.value) })
        let answer = try await world.call(PortalAccess.self, .post, headers: fields, body: Self.body())
        #expect(answer.status == 401)
        #expect(answer.headers["WWW-Authenticate"] == "Bearer")
        #expect(!answer.text.contains(PortalWorld.psaKey))
        #expect(try await world.store().collection(.users).page().items.count == 3)
    }

    @Test func saysWhenItIsNotConfigured() async throws {
        var settings = PortalWorld.settings
        settings["PSA_SERVICE_KEY"] = nil
        let world = try await PortalWorld(settings: settings)
        let answer = try await world.call(PortalAccess.self, .post, headers: Self.key, body: Self.body())
        #expect(answer.status == 503)
    }

    static let bad: [(String, Int)] = [
        ("", 400), ("hello", 400), ("[]", 400), ("{}", 400), (body(level: "\"owner\""), 400), (body(level: "7"), 400),
        (body(contact: #"{"id":"c","email":"nobody"}"#), 400), (body(contact: #"{"email":"a@b.c"}"#), 400),
        (body(contact: #"{"id":"c","email":"a@b.c","name":"two\nlines"}"#), 400), (body(company: "{}"), 400),
        (body(company: #"{"id":"","name":"x"}"#), 400), (body(tenant: "nobody"), 404),
        (body(tenantID: "t-globex-msp"), 404), (body(tenant: "_portal"), 404), (body(tenant: "../x"), 404),
    ]

    @Test(arguments: bad)
    func refusesBadInput(_ body: String, _ status: Int) async throws {
        let world = try await PortalWorld()
        let answer = try await world.call(PortalAccess.self, .post, headers: Self.key, body: body)
        #expect(answer.status == status)
        #expect(answer.text.hasPrefix(#"{"error":{"code":""#))
        #expect(try await world.store().collection(.users).page().items.count == 3)
    }
}
