import FunctionKit
import FunctionTesting
import PortalSigningNotify
import Testing

@testable import Portal

/// One e-mail for one user and version, and none too many.
struct SigningNotifyTests {
    private static let queue = "portal-signing-notify"

    private func pushed(
        settings: [String: String] = [:],
        http: any HTTPClient = ScriptedHTTPClient.unreachable
    ) async throws -> (ClientFixture, PortalSigningNotify) {
        let fixture = try await ClientFixture(settings: settings, http: http)
        _ = try await SigningPushTests.push(
            fixture,
            SigningPushTests.body(title: "Data <Policy>", assignees: #"{"emails": ["dana@northwind.example"]}"#)
        )
        return (fixture, try await PortalSigningNotify(app: fixture.app.context(for: Self.queue)))
    }

    @Test func sendsTitleDueDateAndLinkInTheTenantsName() async throws {
        let (fixture, function) = try await pushed()
        let branding = Branding(portalName: "Acme Portal", primaryColor: "#112233")
        _ = try await fixture.store().collection(.branding).create(branding, id: "branding")
        try await fixture.deliver(Self.queue, to: function)
        let file = try #require(fixture.app.files.files.values.first)
        let text = String(decoding: file, as: UTF8.self)
        #expect(text.contains("From: \"Acme Portal\" <"))
        #expect(text.contains("To: \"Dana\" <dana@northwind.example>"))
        #expect(text.contains("Subject: Please sign: Data <Policy>"))
        #expect(text.contains("https://app.portal.example/portal/documents/nda/sign"))
        #expect(text.contains("Please sign it by 1 Feb 2026."))
        #expect(text.contains("Data &lt;Policy&gt;"))
        #expect(text.contains("#112233"))
        let state = try await fixture.store().collection(.policyAssignments).get("nda@1/dana")
        #expect(state?.notifiedAt == fixture.app.clock.now)
    }

    @Test func theSameMessageAgainSendsNothing() async throws {
        let (fixture, function) = try await pushed()
        let record = try #require(try await fixture.messages(in: Self.queue).first)
        try await fixture.deliver(Self.queue, to: function)
        _ = try await fixture.store().collection(.queues).create(record.value)
        try await fixture.deliver(Self.queue, to: function)
        #expect(fixture.app.files.files.count == 1)
        #expect(try await fixture.messages(in: Self.queue).isEmpty)
    }

    enum Change: CaseIterable { case disabled, deleted, signed, suspended, withdrawn }

    @Test(arguments: Change.allCases)
    func sendsNothingThatHasBecomeUseless(change: Change) async throws {
        let (fixture, function) = try await pushed()
        let store = try fixture.store()
        switch change {
        case .disabled: try await store.collection(.users).update("dana") { $0.status = .disabled }
        case .deleted: try await store.collection(.users).delete("dana")
        case .signed: try await store.collection(.policyAssignments).update("nda@1/dana") { $0.state = .signed }
        case .withdrawn: try await store.collection(.policies).delete("nda@1")
        case .suspended:
            try await fixture.app.store.system("_portal").collection(.tenants).update("acme") { $0.status = .suspended }
        }
        try await fixture.deliver(Self.queue, to: function)
        #expect(fixture.app.files.files.isEmpty)
        #expect(try await fixture.messages(in: Self.queue).isEmpty)
    }

    @Test func aProviderThatFailsLeavesAPoisonMessageThatCanBeSentAgain() async throws {
        let works = LockedState(false)
        let http = ScriptedHTTPClient { _ in
            works.withLock { $0 } ? .json("{}") : .json(#"{"message":"Throttled"}"#, status: 429)
        }
        let (fixture, function) = try await pushed(settings: MailTests.ses, http: http)
        for _ in 0..<5 { #expect(try await fixture.deliver(Self.queue, to: function) == 1) }
        #expect(try await fixture.deliver(Self.queue, to: function) == 0)
        #expect(http.exchanges.count == 5)
        let poison = PoisonMessages(store: try fixture.store(), clock: fixture.app.clock)
        let listed = try await poison.list(of: try QueueName(Self.queue)).items
        #expect(listed.map(\.lastError) == ["Amazon SES answered 429: {\"message\":\"Throttled\"}"])
        works.withLock { $0 = true }
        #expect(try await poison.sendAgain(try #require(listed.first).id))
        #expect(try await !poison.sendAgain(try #require(listed.first).id))
        #expect(try await fixture.deliver(Self.queue, to: function) == 1)
        #expect(http.exchanges.count == 6)
        #expect(http.exchanges.last?.text.contains("https://app.portal.example/portal/documents/nda/sign") == true)
        #expect(try await poison.count(in: try QueueName(Self.queue).poison) == 0)
        #expect(!fixture.app.log.text.contains("very-secret-key"))
    }

    @Test(arguments: ["", "nonsense", "{}", #"{"policy_id": "nda"}"#])
    func aMessageThatIsNoneFails(payload: String) async throws {
        let fixture = try await ClientFixture()
        let function = try await PortalSigningNotify(app: fixture.app.context())
        let message = QueueMessage(
            id: "1",
            queue: try QueueName(Self.queue),
            tenant: try TenantName("acme"),
            payload: payload,
            insertedAt: fixture.app.clock.now
        )
        await #expect(throws: DecodingError.self) {
            try await function.receive(message, context: fixture.app.invocation())
        }
    }
}
