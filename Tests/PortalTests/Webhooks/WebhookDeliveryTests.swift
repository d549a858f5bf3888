import Crypto
import FoundationEssentials
import FunctionKit
import FunctionTesting
import LegalWebhook
import Testing

@testable import Portal

/// Events reach Legal once, signed, for a day, whatever happens in between.
struct WebhookDeliveryTests {
    private static let queue = "legal-webhook"
    private static let legal = [
        "LEGAL_WEBHOOK_URL": "https://legal.example/hooks/portal", "LEGAL_WEBHOOK_SECRET": "whsec_c2VjcmV0LXNlY3JldA==",
    ]

    private func world(
        settings: [String: String] = legal,
        http: any HTTPClient
    ) async throws -> (ClientFixture, LegalWebhook) {
        let fixture = try await ClientFixture(settings: settings, http: http)
        try await fixture.store().transaction { transaction in
            let event = WebhookDelivery(type: "policy.acknowledged", body: #"{"type":"policy.acknowledged"}"#)
            try transaction.send(event, id: "msg_1", through: try LegalWebhookSender.queue)
        }
        return (fixture, try await LegalWebhook(app: fixture.app.context(for: Self.queue)))
    }

    private func delivery(_ fixture: ClientFixture) async throws -> WebhookDelivery {
        try #require(try await fixture.store().collection(.webhookDeliveries).get("msg_1")).value
    }

    @Test func sendsASignedEventOnce() async throws {
        let http = ScriptedHTTPClient { _ in OutboundResponse(status: .noContent) }
        let (fixture, function) = try await world(http: http)
        let record = try #require(try await fixture.messages(in: Self.queue).first)
        try await fixture.deliver(Self.queue, to: function)
        let sent = try #require(http.exchanges.first)
        #expect(sent.request.method == .post)
        #expect(sent.request.url == "https://legal.example/hooks/portal")
        #expect(sent.request.headers["webhook-id"] == "msg_1")
        #expect(sent.request.headers["webhook-timestamp"] == "1767225600")
        // Computed with Python's hmac over the same id, time, body and key.
        #expect(sent.request.headers["webhook-signature"] == "v1,0hlJFocCD2u5xmJpvw79q0/TJ9Du4HDkOKwiPt6OJIo=")
        #expect(sent.text == #"{"type":"policy.acknowledged"}"#)
        #expect(try await delivery(fixture).state == .delivered)
        // The same message again, as after a crash before the queue heard of the success.
        _ = try await fixture.store().collection(.queues).create(record.value)
        try await fixture.deliver(Self.queue, to: function)
        #expect(http.exchanges.count == 1)
        #expect(try await fixture.messages(in: Self.queue).isEmpty)
        for secret in ["c2VjcmV0", "secret-secret"] { #expect(!fixture.app.log.text.contains(secret)) }
        fixture.app.clock.advance(by: .seconds(31 * 86_400))
        #expect(try await fixture.store().collection(.webhookDeliveries).get("msg_1") == nil)
    }

    @Test func repeatsForADayUnderOneIDAndThenGivesUp() async throws {
        let http = ScriptedHTTPClient { _ in OutboundResponse(status: .serviceUnavailable) }
        let (fixture, function) = try await world(http: http)
        let start = fixture.app.clock.now
        var times: [Int64] = []
        while let next = try await fixture.messages(in: Self.queue).first {
            fixture.app.clock.advance(by: next.visibleAt - fixture.app.clock.now)
            times.append((fixture.app.clock.now - start).components.seconds)
            try await fixture.deliver(Self.queue, to: function)
        }
        #expect(times == [0, 5, 65, 365] + (0..<12).map { 2165 + 7200 * $0 } + [86_400])
        #expect(Set(http.exchanges.map { $0.request.headers["webhook-id"] ?? "" }) == ["msg_1"])
        #expect(Set(http.exchanges.map { $0.request.headers["webhook-timestamp"] ?? "" }).count == times.count)
        let failed = try await delivery(fixture)
        #expect(failed.state == .failed)
        #expect(failed.attempts == times.count)
        #expect(failed.lastError == "Legal answered 503.")
        let poison = try await PoisonMessages(store: try fixture.store(), clock: fixture.app.clock)
            .list(of: try QueueName(Self.queue)).items
        #expect(poison.map(\.originalQueue) == [Self.queue])
        #expect(poison.map(\.lastError) == ["Legal answered 503."])
    }

    @Test func somebodyMaySendAPoisonEventAgain() async throws {
        let status = LockedState(HTTPStatus.serviceUnavailable)
        let http = ScriptedHTTPClient { _ in OutboundResponse(status: status.withLock { $0 }) }
        let (fixture, function) = try await world(http: http)
        while let next = try await fixture.messages(in: Self.queue).first {
            fixture.app.clock.advance(by: next.visibleAt - fixture.app.clock.now)
            try await fixture.deliver(Self.queue, to: function)
        }
        let attempts = http.exchanges.count
        let poison = PoisonMessages(store: try fixture.store(), clock: fixture.app.clock)
        let message = try #require(try await poison.list(of: try QueueName(Self.queue)).items.first)
        #expect(try await poison.sendAgain(message.id))
        try await fixture.deliver(Self.queue, to: function)
        #expect(http.exchanges.count == attempts + 1)
        #expect(try await delivery(fixture).attempts == 1)
        status.withLock { $0 = .ok }
        fixture.app.clock.advance(by: .seconds(5))
        try await fixture.deliver(Self.queue, to: function)
        #expect(try await delivery(fixture).state == .delivered)
        #expect(try await fixture.messages(in: Self.queue).isEmpty)
    }

    @Test func anUnreachableLegalIsTriedAgain() async throws {
        let (fixture, function) = try await world(http: ScriptedHTTPClient.unreachable)
        try await fixture.deliver(Self.queue, to: function)
        let failed = try await delivery(fixture)
        #expect(failed.state == .pending)
        #expect(failed.lastError?.hasPrefix("Legal could not be reached:") == true)
        let next = try #require(try await fixture.messages(in: Self.queue).first)
        #expect(next.visibleAt == fixture.app.clock.now + .seconds(5))
        #expect(next.dequeueCount == 0)
    }

    @Test func aTurnThatHasPassedDoesNothing() async throws {
        let http = ScriptedHTTPClient { _ in OutboundResponse(status: .internalServerError) }
        let (fixture, function) = try await world(http: http)
        let first = try #require(try await fixture.messages(in: Self.queue).first)
        try await fixture.deliver(Self.queue, to: function)
        // A crash before the queue removed the first message: it comes again, beside the planned one.
        _ = try await fixture.store().collection(.queues).create(first.value, id: first.id)
        try await fixture.deliver(Self.queue, to: function)
        #expect(http.exchanges.count == 1)
        #expect(try await fixture.messages(in: Self.queue).count == 1)
    }

    @Test(
        arguments: [
            ([:], "LEGAL_WEBHOOK_URL is not set; events wait in the outbox."),
            (
                ["LEGAL_WEBHOOK_URL": "https://legal.example"],
                "LEGAL_WEBHOOK_SECRET is not set; events wait in the outbox."
            ),
            (
                ["LEGAL_WEBHOOK_URL": "https://legal.example", "LEGAL_WEBHOOK_SECRET": "whsec_not base64"],
                "LEGAL_WEBHOOK_SECRET is not 'whsec_' with base64 behind it; events wait in the outbox."
            ),
        ] as [([String: String], String)]
    )
    func withoutAReceiverEventsWaitAndBurnNoAttempt(settings: [String: String], problem: String) async throws {
        let http = ScriptedHTTPClient { _ in OutboundResponse(status: .ok) }
        let (fixture, function) = try await world(settings: settings, http: http)
        for _ in 0..<300 {
            fixture.app.clock.advance(by: WebhookSchedule.setupInterval)
            #expect(try await fixture.deliver(Self.queue, to: function) == 1)
        }
        #expect(http.exchanges.isEmpty)
        let waiting = try await delivery(fixture)
        #expect(waiting.state == .waiting)
        #expect(waiting.attempts == 0)
        #expect(waiting.lastError == problem)
        #expect(fixture.app.log.messages(.warning) == ["An event for Legal waits."])
        // Somebody sets it up and starts the host again on the same data.
        let after = TestAppWithStore(fixture.app, settings: ClientFixture.settings.merging(Self.legal) { $1 })
        let restarted = try await LegalWebhook(app: after.context)
        fixture.app.clock.advance(by: WebhookSchedule.setupInterval)
        try await fixture.deliver(Self.queue, to: restarted)
        #expect(http.exchanges.count == 1)
        #expect(try await delivery(fixture).state == .delivered)
    }
}

/// The world of another one with other settings, as after a restart.
private struct TestAppWithStore {
    let context: AppContext

    init(_ app: TestApp, settings: [String: String]) {
        let old = app.context()
        context = AppContext(
            functionName: old.functionName,
            settings: AppSettings(settings),
            store: old.store,
            http: old.http,
            clock: old.clock,
            random: old.random,
            files: old.files,
            logger: old.logger,
            environment: old.environment
        )
    }
}
