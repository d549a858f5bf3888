import Crypto
import FunctionKit
import FunctionTesting
import PortalDocuments
import PortalSigningAcknowledge
import Testing

@testable import Portal

/// Signing once, and only what is there to sign.
struct SigningAcknowledgeTests {
    struct Item: Decodable, Equatable {
        var id: String
        var state: String
        var acknowledged_at: String?
    }

    private func sign(
        _ fixture: ClientFixture,
        _ json: String = #"{"policy_id": "nda", "version": 1, "full_name": " Dana  Reyes ", "agreed": true}"#,
        as user: String? = "dana",
        of tenant: String = "acme"
    ) async throws -> HTTPResponse {
        let function = try await PortalSigningAcknowledge(app: fixture.app.context())
        let request = try await fixture.request(
            .post,
            "/api/portal/signing/acknowledge",
            as: user,
            of: tenant,
            headers: ["User-Agent": "Browser/1"],
            json: json
        )
        return try await function.respond(to: request, context: fixture.app.invocation())
    }

    private func documents(
        _ fixture: ClientFixture,
        _ query: String? = nil,
        as user: String? = "dana",
        of tenant: String = "acme"
    ) async throws -> HTTPResponse {
        let function = try await PortalDocuments(app: fixture.app.context())
        let request = try await fixture.request(.get, "/api/portal/documents", query: query, as: user, of: tenant)
        return try await function.respond(to: request, context: fixture.app.invocation())
    }

    private func items(
        _ fixture: ClientFixture,
        _ query: String? = nil,
        as user: String = "dana"
    ) async throws -> [Item] {
        try await documents(fixture, query, as: user).decoded(ListAnswer<Item>.self).items
    }

    @Test func recordsWhoWhatWhenAndFromWhere() async throws {
        let fixture = try await ClientFixture()
        _ = try await SigningPushTests.push(fixture)
        let response = try await sign(fixture)
        #expect(response.status == .created)
        let record = try #require(try await fixture.store().collection(.acknowledgements).page().items.first)
        #expect(record.fullName == "Dana Reyes")
        #expect(record.userID == "dana")
        #expect(record.companyID == "northwind")
        #expect(record.email == "dana@northwind.example")
        #expect(record.remoteAddress == "127.0.0.1")
        #expect(record.userAgent == "Browser/1")
        #expect(record.acknowledgedAt == fixture.app.clock.now)
        // sha256sum of <p>Keep secrets.</p>
        #expect(record.textSHA256 == "a11abc561219a4203a8fa614c1fb9f2187be3ebf7a7f0e397919b93fb3d56998")
        let audit = try await fixture.store().collection(.auditLog).page().items.map(\.action)
        #expect(audit == ["policy.acknowledge"])
        let outbox = try #require(try await fixture.store().collection(.webhookDeliveries).get(record.webhookID))
        #expect(outbox.state == .pending)
        #expect(try await fixture.messages(in: "legal-webhook").map(\.id) == ["\(record.webhookID)-0"])
    }

    @Test func theTabsShowWhatIsToSignAndWhatIsSigned() async throws {
        let fixture = try await ClientFixture()
        _ = try await SigningPushTests.push(fixture)
        _ = try await SigningPushTests.push(fixture, SigningPushTests.body(id: "draft", status: "draft"))
        _ = try await SigningPushTests.push(fixture, SigningPushTests.body(tenant: "globex", id: "other"))
        let awaiting = Item(id: "nda", state: "awaiting", acknowledged_at: nil)
        #expect(try await items(fixture) == [awaiting])
        #expect(try await items(fixture, "status=awaiting") == [awaiting])
        #expect(try await items(fixture, "status=signed").isEmpty)
        #expect(try await items(fixture, as: "eve").isEmpty)
        _ = try await sign(fixture)
        let signed = Item(id: "nda", state: "signed", acknowledged_at: "2026-01-01T00:00:00.000Z")
        #expect(try await items(fixture) == [signed])
        #expect(try await items(fixture, "status=awaiting").isEmpty)
        #expect(try await items(fixture, "status=signed") == [signed])
        #expect(try await items(fixture, as: "sam") == [awaiting])
    }

    @Test func aDocumentHasItsTextAndTimes() async throws {
        let fixture = try await ClientFixture()
        _ = try await SigningPushTests.push(fixture)
        let text = try await documents(fixture).text
        for member in [
            #""id":"nda""#, #""policy_id":"nda""#, #""version":1"#, #""title":"NDA""#,
            #""body_html":"<p>Keep secrets.</p>""#, #""state":"awaiting""#, #""issued_at":"2026-01-01T00:00:00.000Z""#,
            #""due_at":"2026-02-01T00:00:00.000Z""#, #""acknowledged_at":null"#,
            #""created_at":"2026-01-01T00:00:00.000Z""#, #""updated_at":"2026-01-01T00:00:00.000Z""#,
        ] {
            #expect(text.contains(member))
        }
    }

    @Test(arguments: [
        ("status=draft", "400 invalid_parameter"), ("status=x", "400 invalid_parameter"),
        ("limit=0", "400 invalid_parameter"), ("cursor=x", "400 invalid_parameter"),
    ])
    func listsRefuseOddParameters(query: String, outcome: String) async throws {
        let fixture = try await ClientFixture()
        #expect(try await documents(fixture, query).outcome == outcome)
    }

    @Test func nobodyIsNobody() async throws {
        let fixture = try await ClientFixture()
        _ = try await SigningPushTests.push(fixture)
        #expect(try await sign(fixture, as: nil).outcome == "401 session_expired")
        #expect(try await documents(fixture, as: nil).outcome == "401 session_expired")
    }

    @Test(arguments: [
        (#"{"policy_id": "ghost", "version": 1, "full_name": "D", "agreed": true}"#, "404 not_found"),
        (#"{"policy_id": "nda", "version": 2, "full_name": "D", "agreed": true}"#, "404 not_found"),
        (#"{"policy_id": "draft", "version": 1, "full_name": "D", "agreed": true}"#, "404 not_found"),
        (#"{"policy_id": "contosos", "version": 1, "full_name": "D", "agreed": true}"#, "404 not_found"),
        (#"{"policy_id": "other", "version": 1, "full_name": "D", "agreed": true}"#, "404 not_found"),
        (#"{"policy_id": "../nda", "version": 1, "full_name": "D", "agreed": true}"#, "404 not_found"),
        (#"{"policy_id": "", "version": 1, "full_name": "D", "agreed": true}"#, "404 not_found"),
        (#"{"policy_id": "nda", "version": 1, "full_name": "D", "agreed": false}"#, "400 invalid_field"),
        (#"{"policy_id": "nda", "version": 1, "full_name": "D"}"#, "400 invalid_body"),
        (#"{"policy_id": "nda", "version": 1, "full_name": "D", "agreed": "true"}"#, "400 invalid_body"),
        (#"{"policy_id": "nda", "version": 1, "full_name": " \n ", "agreed": true}"#, "400 invalid_field"),
        (#"{"policy_id": "nda", "version": 1, "full_name": "", "agreed": true}"#, "400 invalid_field"),
        (#"{"policy_id": "nda", "version": 1, "agreed": true}"#, "400 invalid_body"),
        (#"{"policy_id": "nda", "full_name": "D", "agreed": true}"#, "400 invalid_body"),
        ("nonsense", "400 invalid_body"), ("", "400 invalid_body"), ("[]", "400 invalid_body"),
    ])
    func refuses(json: String, outcome: String) async throws {
        let fixture = try await ClientFixture()
        _ = try await SigningPushTests.push(fixture)
        _ = try await SigningPushTests.push(fixture, SigningPushTests.body(id: "draft", status: "draft"))
        _ = try await SigningPushTests.push(
            fixture,
            SigningPushTests.body(id: "contosos", assignees: #"{"company_ids": ["contoso"]}"#)
        )
        _ = try await SigningPushTests.push(fixture, SigningPushTests.body(tenant: "globex", id: "other"))
        #expect(try await sign(fixture, json).outcome == outcome)
        #expect(try await fixture.store().collection(.acknowledgements).page().items.isEmpty)
        #expect(try await fixture.messages(in: "legal-webhook").isEmpty)
    }

    @Test func aSecondSignatureIsAConflict() async throws {
        let fixture = try await ClientFixture()
        _ = try await SigningPushTests.push(fixture)
        #expect(try await sign(fixture).status == .created)
        #expect(try await sign(fixture).outcome == "409 already_signed")
        #expect(
            try await sign(fixture, #"{"policy_id": "nda", "version": "1", "full_name": "D", "agreed": true}"#).outcome
                == "409 already_signed"
        )
        #expect(try await fixture.messages(in: "legal-webhook").count == 1)
    }

    @Test func ofManySignaturesAtOnceOneCounts() async throws {
        let fixture = try await ClientFixture()
        _ = try await SigningPushTests.push(fixture)
        let outcomes = try await fixture.whileTimePasses {
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<10 { group.addTask { try await sign(fixture).status.rawValue.description } }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
        }
        #expect(outcomes.sorted() == ["201"] + Array(repeating: "409", count: 9))
        #expect(try await fixture.messages(in: "legal-webhook").count == 1)
        #expect(try await fixture.store().collection(.acknowledgements).page().items.count == 1)
    }
}
