import FunctionKit
import FunctionTesting
import SigningPush
import Testing

@testable import Portal

/// What Legal may push, and what becomes of it.
struct SigningPushTests {
    static func body(
        tenant: String = "acme",
        id: String = "nda",
        version: String = "1",
        title: String = "NDA",
        text: String = "<p>Keep secrets.</p>",
        status: String = "published",
        assignees: String = #"{"company_ids": ["northwind"], "emails": []}"#
    ) -> String {
        """
        {"tenant_slug": "\(tenant)", "policy": {"id": "\(id)", "version": \(version), "title": "\(title)",
        "body_html": "\(text)", "status": "\(status)", "issued_at": "2026-01-01T00:00:00Z",
        "due_at": "2026-02-01T00:00:00Z"}, "assignees": \(assignees)}
        """
    }

    static func push(
        _ fixture: ClientFixture,
        _ json: String = body(),
        headers: HTTPFields = ["Authorization": "Bearer legal-key"]
    ) async throws -> HTTPResponse {
        let function = try await SigningPush(app: fixture.app.context())
        let request = try await fixture.request(.post, "/api/internal/signing/push", headers: headers, json: json)
        return try await function.respond(to: request, context: fixture.app.invocation())
    }

    @Test(
        arguments: [
            (["Authorization": "Bearer legal-key"], "202"), (["x-integration-key": "legal-key"], "202"),
            (["authorization": "bearer legal-key"], "202"), ([:], "401 invalid_key"),
            (["Authorization": "Bearer wrong"], "401 invalid_key"), (["Authorization": "legal-key"], "401 invalid_key"),
            (["x-integration-key": ""], "401 invalid_key"), (["Authorization": "Bearer "], "401 invalid_key"),
        ] as [([String: String], String)]
    )
    func needsTheIntegrationKey(headers: [String: String], outcome: String) async throws {
        let fixture = try await ClientFixture()
        let fields = HTTPFields(headers.map { HTTPFields.Field(name: $0.key, value: $0.value) })
        #expect(try await Self.push(fixture, headers: fields).outcome == outcome)
        #expect(!fixture.app.log.text.contains("legal-key"))
    }

    @Test func withoutAKeyOfItsOwnTheDoorStaysShut() async throws {
        let fixture = try await ClientFixture(without: ["PORTAL_INTEGRATION_KEY"])
        let response = try await Self.push(fixture)
        #expect(try await response.outcome == "503 legal_not_configured")
    }

    /// The answer of a push that is expected to succeed.
    static func answer(_ fixture: ClientFixture, _ json: String = body()) async throws -> SigningDesk.Answer {
        try await push(fixture, json).decoded(SigningDesk.Answer.self)
    }

    private static let both = SigningDesk.Answer(policyID: "nda", assigned: 2, unmatched: [])

    @Test(arguments: [
        ("", "400 invalid_body"), ("nonsense", "400 invalid_body"), ("[]", "400 invalid_body"),
        ("{}", "400 invalid_body"), (body(tenant: "nobody"), "404 tenant_not_found"),
        (body(tenant: "../acme"), "404 tenant_not_found"), (body(tenant: "_portal"), "404 tenant_not_found"),
        (body(id: ""), "400 invalid_field"), (body(id: "a/b"), "400 invalid_field"),
        (body(id: "a@1"), "400 invalid_field"), (body(id: String(repeating: "a", count: 101)), "400 invalid_field"),
        (body(version: "null"), "400 invalid_body"), (body(version: "\"\""), "400 invalid_body"),
        (body(version: "1.5"), "400 invalid_body"), (body(version: "{}"), "400 invalid_body"),
        (body(title: " "), "400 invalid_field"), (body(title: String(repeating: "x", count: 201)), "400 invalid_field"),
        (body(text: ""), "400 invalid_field"), (body(status: "issued"), "400 invalid_body"),
        (body(text: String(repeating: "x", count: (1 << 20) + 1)), "400 invalid_field"),
        (body(text: String(repeating: "x", count: 3 << 20)), "413 body_too_large"),
        (body(assignees: "null"), "400 invalid_body"), (body(assignees: #"{"emails": "dana"}"#), "400 invalid_body"),
        (body(assignees: #"{"emails": [""]}"#), "400 invalid_field"),
        (body(assignees: #"{"company_ids": [true]}"#), "400 invalid_body"),
        (body().replacing("2026-02-01T00:00:00Z", with: "soon"), "400 invalid_body"),
    ])
    func refusesWhatIsNoPush(json: String, outcome: String) async throws {
        let fixture = try await ClientFixture()
        #expect(try await Self.push(fixture, json).outcome == outcome)
        #expect(try await fixture.store().collection(.policies).page().items.isEmpty)
    }

    @Test func assignsCompaniesAndPeopleWhateverTheirCase() async throws {
        let fixture = try await ClientFixture()
        let assignees = """
            {"company_ids": ["northwind", "PSA-1", "nobody", 17], "emails": ["EVE@Contoso.Example", " sam@northwind.example ",
            "off@contoso.example", "ghost@contoso.example"]}
            """
        let response = try await Self.push(fixture, Self.body(assignees: assignees))
        #expect(response.status == .accepted)
        let unmatched = ["nobody", "17", "off@contoso.example", "ghost@contoso.example"]
        #expect(
            try await response.decoded(SigningDesk.Answer.self)
                == SigningDesk.Answer(policyID: "nda", assigned: 3, unmatched: unmatched)
        )
        let assigned = try await fixture.store().collection(.policyAssignments).page().items.map(\.userID)
        #expect(assigned.sorted() == ["dana", "eve", "sam"])
        #expect(try await fixture.messages(in: "portal-signing-notify").count == 3)
        for other in ["globex", "hope"] {
            #expect(try await fixture.store(other).collection(.policyAssignments).page().items.isEmpty)
        }
    }

    @Test func theSameVersionAgainGivesTheSameAnswerAndNoSecondEmail() async throws {
        let fixture = try await ClientFixture()
        #expect(try await Self.answer(fixture) == Self.both)
        #expect(try await Self.answer(fixture) == Self.both)
        #expect(try await Self.answer(fixture, Self.body(version: "\"1\"")) == Self.both)
        #expect(try await fixture.messages(in: "portal-signing-notify").count == 2)
        #expect(try await fixture.store().collection(.policies).page().items.count == 1)
        _ = try await Self.push(fixture, Self.body(version: "2"))
        #expect(try await fixture.messages(in: "portal-signing-notify").count == 4)
    }

    @Test func pushesAtOnceNotifyOnce() async throws {
        let fixture = try await ClientFixture()
        let answers = try await fixture.whileTimePasses {
            try await withThrowingTaskGroup(of: SigningDesk.Answer.self) { group in
                for _ in 0..<8 { group.addTask { try await Self.answer(fixture) } }
                return try await group.reduce(into: Set<SigningDesk.Answer>()) { $0.insert($1) }
            }
        }
        #expect(answers == [Self.both])
        #expect(try await fixture.messages(in: "portal-signing-notify").count == 2)
    }

    @Test func aLaterPushReachesOnlyWhoIsNew() async throws {
        let fixture = try await ClientFixture()
        _ = try await Self.push(fixture)
        let response = try await Self.push(
            fixture,
            Self.body(assignees: #"{"company_ids": ["northwind", "contoso"]}"#)
        )
        #expect(try await response.decoded(SigningDesk.Answer.self).assigned == 3)
        #expect(try await fixture.messages(in: "portal-signing-notify").count == 3)
    }

    @Test func aDraftIsSilentUntilItIsPublished() async throws {
        let fixture = try await ClientFixture()
        #expect(try await Self.push(fixture, Self.body(status: "draft")).status == .accepted)
        #expect(try await fixture.messages(in: "portal-signing-notify").isEmpty)
        let published = try await Self.push(fixture, Self.body(assignees: #"{"emails": ["eve@contoso.example"]}"#))
        #expect(try await published.decoded(SigningDesk.Answer.self).assigned == 1)
        // Eve by this push, Dana and Sam by the draft's.
        #expect(try await fixture.messages(in: "portal-signing-notify").count == 3)
    }

    @Test(arguments: [
        (SigningPushTests.body(status: "draft"), "409 policy_published"),
        (SigningPushTests.body(text: "<p>Other.</p>"), "409 policy_text_fixed"),
    ])
    func aPublishedTextIsFixed(json: String, outcome: String) async throws {
        let fixture = try await ClientFixture()
        _ = try await Self.push(fixture)
        #expect(try await Self.push(fixture, json).outcome == outcome)
        let policy = try #require(try await fixture.store().collection(.policies).get("nda@1"))
        #expect(policy.bodyHTML == "<p>Keep secrets.</p>")
        #expect(policy.status == .published)
    }

    @Test func moreUsersThanATransactionHoldsAreAllReached() async throws {
        let fixture = try await ClientFixture()
        let users = try fixture.store().collection(.users)
        for number in 0..<450 {
            _ = try await users.create(
                PortalUser(companyID: "northwind", email: "u\(number)@northwind.example", name: "U"),
                id: "u\(number)"
            )
        }
        let response = try await Self.push(fixture)
        #expect(try await response.decoded(SigningDesk.Answer.self).assigned == 452)
        #expect(try await fixture.messages(in: "portal-signing-notify").count == 452)
    }
}
