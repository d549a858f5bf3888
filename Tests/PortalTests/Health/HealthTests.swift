import FunctionKit
import FunctionTesting
import Health
import Testing

@testable import Portal

/// One word for everybody, everything for the staff.
struct HealthTests {
    struct Report: Decodable {
        struct Entry: Decodable {
            var name: String
            var configured: Bool
            var reachable: Bool?
            var problem: String?
            var last_success_at: String?
            var last_error: String?
            var hint: String
        }
        struct Queue: Decodable, Equatable {
            var queue: String
            var messages: Int
            var poison: Int
        }
        struct Run: Decodable {
            var tenant: String
            var kind: String
        }
        var status: String
        var integrations: [Entry]
        var queues: [Queue]
        var sync_runs: [Run]

        func entry(_ name: String) -> Entry? { integrations.first { $0.name == name } }
    }

    private static let all = [
        "PSA_API_URL": "https://psa.example", "PSA_SERVICE_KEY": "psa-key", "BOOKS_API_URL": "https://books.example",
        "BOOKS_SERVICE_KEY": "books-key", "MISSION_API_URL": "https://mission.example",
        "MISSION_SERVICE_KEY": "mission-key", "PORTAL_CLIENT_SSO_SECRET": "sso-key",
        "LEGAL_WEBHOOK_URL": "https://legal.example", "LEGAL_WEBHOOK_SECRET": "webhook-key",
    ].merging(MailTests.ses) { $1 }
    private static let secrets = [
        "psa-key", "books-key", "mission-key", "sso-key", "webhook-key", "very-secret-key", "legal-key",
    ]

    private func ask(
        _ fixture: ClientFixture,
        _ function: Health,
        access: AccessLevel = .anonymous
    ) async throws -> HTTPResponse {
        var request = HTTPRequest(path: "/api/health")
        request.access = access
        return try await function.respond(to: request, context: fixture.app.invocation())
    }

    private func report(_ fixture: ClientFixture, _ function: Health) async throws -> Report {
        try await ask(fixture, function, access: .function).decoded(Report.self)
    }

    private func world(
        _ settings: [String: String] = all,
        http: any HTTPClient = ScriptedHTTPClient { _ in OutboundResponse(status: .notFound) }
    ) async throws -> (ClientFixture, Health) {
        let fixture = try await ClientFixture(settings: settings, http: http)
        return (fixture, try await Health(app: fixture.app.context(for: "health")))
    }

    @Test(arguments: [AccessLevel.anonymous, .system])
    func othersLearnOneWord(access: AccessLevel) async throws {
        let (fixture, function) = try await world()
        #expect(try await ask(fixture, function, access: access).text == #"{"status":"ok"}"#)
    }

    @Test(arguments: [AccessLevel.function, .admin])
    func theStaffLearnEverythingButSecrets(access: AccessLevel) async throws {
        let (fixture, function) = try await world()
        let response = try await ask(fixture, function, access: access)
        let report = try await response.decoded(Report.self)
        #expect(report.status == "ok")
        #expect(report.integrations.map(\.name) == ["psa", "hub_sso", "legal", "mission", "books", "email"])
        #expect(report.integrations.allSatisfy { $0.configured && $0.problem == nil })
        #expect(report.integrations.filter { $0.reachable == true }.count == 5)
        #expect(report.entry("hub_sso")?.reachable == nil)
        #expect(report.entry("mission")?.hint == "MISSION_API_URL and MISSION_SERVICE_KEY set? Mission API up?")
        for secret in Self.secrets { #expect(try await !response.text.contains(secret)) }
    }

    @Test func anythingUnsetIsNoFailure() async throws {
        let (fixture, function) = try await world([:])
        let report = try await report(fixture, function)
        #expect(report.status == "ok")
        #expect(report.integrations.filter(\.configured).map(\.name) == ["legal"])
    }

    @Test(arguments: [
        (["PSA_API_URL": "https://psa.example"], "psa", "PSA_SERVICE_KEY is not set."),
        (["BOOKS_SERVICE_KEY": "k"], "books", "BOOKS_API_URL is not set."),
        (["MISSION_SERVICE_KEY": "k"], "mission", "MISSION_API_URL is not set."),
        (
            ["LEGAL_WEBHOOK_URL": "https://legal.example"], "legal",
            "LEGAL_WEBHOOK_SECRET is not set; events wait in the outbox."
        ),
        (
            ["SES_FROM_ADDRESS": "p@acme.example"], "email",
            "Amazon SES needs SES_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY too."
        ),
    ])
    func halfSetIsDegraded(settings: [String: String], name: String, problem: String) async throws {
        let (fixture, function) = try await world(settings)
        let report = try await report(fixture, function)
        #expect(report.status == "degraded")
        #expect(report.entry(name)?.problem == problem)
        #expect(try await ask(fixture, function).text == #"{"status":"degraded"}"#)
    }

    @Test func serversAreAskedOnceInThirtySeconds() async throws {
        let isDown = LockedState(false)
        let http = ScriptedHTTPClient { exchange in
            if exchange.request.url.contains("books"), isDown.withLock({ $0 }) {
                throw HTTPClientError(.timedOut, "slow")
            }
            return OutboundResponse(status: .internalServerError)
        }
        let (fixture, function) = try await world(http: http)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await ask(fixture, function) } }
            try await group.waitForAll()
        }
        #expect(http.exchanges.count == 5)
        #expect(http.exchanges.allSatisfy { $0.request.method == .head && $0.request.headers.isEmpty })
        isDown.withLock { $0 = true }
        fixture.app.clock.advance(by: .seconds(29))
        #expect(try await report(fixture, function).entry("books")?.reachable == true)
        #expect(http.exchanges.count == 5)
        fixture.app.clock.advance(by: .seconds(1))
        let later = try await report(fixture, function)
        #expect(later.entry("books")?.reachable == false)
        #expect(later.status == "degraded")
        #expect(http.exchanges.count == 10)
    }

    @Test func queuesRunsAndPoisonAreCountedOverTenants() async throws {
        let (fixture, function) = try await world()
        for (slug, queue) in [
            ("acme", "portal-signing-notify"), ("globex", "portal-signing-notify"),
            ("hope", "legal-webhook"), ("acme", "portal-signing-notify-poison"),
        ] {
            try await fixture.store(slug).enqueue(["a": "b"], to: try QueueName(queue))
        }
        var run = SyncRun(kind: "invoices", startedAt: fixture.app.clock.now)
        run.finishedAt = fixture.app.clock.now
        _ = try await fixture.store().collection(.syncRuns).create(run)
        run.startedAt = fixture.app.clock.now + .seconds(1)
        run.error = "Books: GET /portal/invoices was answered with 500."
        _ = try await fixture.store().collection(.syncRuns).create(run)
        let report = try await report(fixture, function)
        #expect(report.status == "degraded")
        #expect(
            report.queues == [
                Report.Queue(queue: "portal-signing-notify", messages: 2, poison: 1),
                Report.Queue(queue: "legal-webhook", messages: 1, poison: 0),
            ]
        )
        #expect(report.sync_runs.map(\.kind) == ["invoices"])
        #expect(report.entry("books")?.last_success_at == "2026-01-01T00:00:00.000Z")
        #expect(report.entry("books")?.last_error == run.error)
    }

    @Test func eventsThatWaitForLegalAreReported() async throws {
        let (fixture, function) = try await world([:])
        var event = WebhookDelivery(type: "policy.acknowledged", body: "{}")
        event.state = .waiting
        _ = try await fixture.store().collection(.webhookDeliveries).create(event, id: "msg_1")
        let report = try await report(fixture, function)
        #expect(report.entry("legal")?.problem == "LEGAL_WEBHOOK_URL is not set; 1 events wait in the outbox.")
    }

    @Test func theJournalRemembersHowCallsWent() async throws {
        let (fixture, function) = try await world()
        let journal = try IntegrationJournal(app: fixture.app.context())
        await journal.succeeded(.mission)
        fixture.app.clock.advance(by: .seconds(10))
        await journal.failed(.mission, "Mission answered 500.")
        await journal.succeeded(.mission)
        let entry = try await report(fixture, function).entry("mission")
        #expect(entry?.last_success_at == "2026-01-01T00:00:00.000Z")
        #expect(entry?.last_error == "Mission answered 500.")
        fixture.app.clock.advance(by: .seconds(60))
        await journal.succeeded(.mission)
        #expect(try await report(fixture, function).entry("mission")?.last_success_at == "2026-01-01T00:01:10.000Z")
    }
}
