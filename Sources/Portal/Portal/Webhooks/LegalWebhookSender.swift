public import FunctionKit

/// Delivers the outbox to Legal.
public struct LegalWebhookSender: Sendable {
    /// The queue whose messages are attempts.
    public static var queue: QueueName { get throws(StoreError) { try QueueName("legal-webhook") } }

    /// How long Legal may take in all for one event.
    static let timeout: Duration = .seconds(20)

    private let app: AppContext
    private let url: String?
    private let webhook: StandardWebhook?
    private let journal: IntegrationJournal
    /// What keeps events in the outbox; nil when they can be sent. Names settings and never their values.
    public let problem: String?

    /// Reads `LEGAL_WEBHOOK_URL` and `LEGAL_WEBHOOK_SECRET`.
    public init(portal: Portal) throws {
        app = portal.app
        journal = try IntegrationJournal(app: portal.app)
        url = portal.settings.legalWebhookURL
        webhook = portal.settings.legalWebhookSecret.flatMap { StandardWebhook(secret: $0.revealed) }
        problem = Self.problem(portal.settings, webhook)
    }

    private static func problem(_ settings: PortalSettings, _ webhook: StandardWebhook?) -> String? {
        if settings.legalWebhookURL == nil { return "LEGAL_WEBHOOK_URL is not set; events wait in the outbox." }
        if settings.legalWebhookSecret == nil { return "LEGAL_WEBHOOK_SECRET is not set; events wait in the outbox." }
        if webhook == nil {
            return "LEGAL_WEBHOOK_SECRET is not 'whsec_' with base64 behind it; events wait in the outbox."
        }
        return nil
    }

    /// Makes one attempt and plans the next one where it is needed.
    ///
    /// What follows from the attempt (delivered, next time, given up) is committed together with the message of the next
    /// attempt, so the queue's own count of deliveries never ends an event's day early. A message that came before a crash
    /// and again after it finds that its turn has passed.
    /// - Throws: only what the store throws; the queue then repeats the same turn.
    public func deliver(_ turn: WebhookTurnMessage, of message: QueueMessage, logger: Logger) async throws {
        let store = app.store.tenant(message.tenant)
        guard var stored = try await store.collection(.webhookDeliveries).get(turn.deliveryID),
            stored.state != .delivered, stored.turn == turn.turn
        else { return }
        if stored.state == .failed {
            // Somebody sent the poison message again: a new day of attempts begins.
            stored.value.attempts = 0
            stored.value.firstAttemptAt = nil
        }
        guard let url, let webhook else { return try await wait(stored, in: store, logger) }
        let sentAt = app.clock.now
        let failure = await attempt(stored, to: url, signedBy: webhook, at: sentAt)
        try await settle(stored, sentAt: sentAt, failure: failure, in: store, logger)
    }

    private func attempt(
        _ delivery: Stored<WebhookDelivery>,
        to url: String,
        signedBy webhook: StandardWebhook,
        at time: Timestamp
    ) async -> String? {
        let body = Array(delivery.body.utf8)
        var headers = webhook.headers(id: delivery.id, time: time, body: body)
        headers["Content-Type"] = "application/json"
        let request = OutboundRequest(
            method: .post,
            url: url,
            headers: headers,
            body: HTTPBody(body),
            totalTimeout: Self.timeout,
            responseBytesMax: 1 << 20
        )
        do throws(HTTPClientError) {
            let response = try await app.http.send(request)
            return response.status.isSuccess ? nil : "Legal answered \(response.status.rawValue)."
        } catch {
            return "Legal could not be reached: \(error)"
        }
    }

    private func settle(
        _ stored: Stored<WebhookDelivery>,
        sentAt: Timestamp,
        failure: String?,
        in store: TenantStore,
        _ logger: Logger
    ) async throws {
        var delivery = stored.value
        delivery.attempts += 1
        delivery.firstAttemptAt = delivery.firstAttemptAt ?? sentAt
        delivery.lastAttemptAt = sentAt
        delivery.lastError = failure
        guard let failure else {
            delivery.state = .delivered
            delivery.deliveredAt = app.clock.now
            let delivered = delivery
            let expiresAt = app.clock.now + WebhookDelivery.keptAfterDelivery
            try await store.transaction { transaction in
                try transaction.upsert(delivered, id: stored.id, in: .webhookDeliveries, expiresAt: expiresAt)
            }
            await journal.succeeded(.legal)
            return logger.info("Told Legal.", ["event": delivery.type, "webhook": stored.id])
        }
        let elapsed = sentAt - (delivery.firstAttemptAt ?? sentAt)
        let delay = WebhookSchedule.delay(afterAttempts: delivery.attempts, sinceFirst: elapsed)
        delivery.state = delay == nil ? .failed : .pending
        try await plan(delivery, stored, after: delay, in: store)
        await journal.failed(.legal, failure)
        logger.log(
            delay == nil ? .error : .warning,
            delay == nil ? "Gave up telling Legal after a day." : "Could not tell Legal; it is tried again.",
            ["webhook": stored.id, "attempts": "\(delivery.attempts)", "error": failure]
        )
    }

    private func wait(_ stored: Stored<WebhookDelivery>, in store: TenantStore, _ logger: Logger) async throws {
        var delivery = stored.value
        delivery.state = .waiting
        delivery.lastError = problem
        try await plan(delivery, stored, after: WebhookSchedule.setupInterval, in: store)
        if stored.state != .waiting {
            logger.warning("An event for Legal waits.", ["webhook": stored.id, "reason": problem ?? ""])
        }
    }

    /// Writes the delivery together with the message of its next turn, or with one in the poison queue for no further turn.
    private func plan(
        _ delivery: WebhookDelivery,
        _ stored: Stored<WebhookDelivery>,
        after delay: Duration?,
        in store: TenantStore
    ) async throws {
        var next = delivery
        next.turn += 1
        let planned = next
        let queue = try Self.queue
        try await store.transaction { transaction in
            try transaction.replace(stored, with: planned, in: .webhookDeliveries)
            let turn = WebhookTurnMessage(deliveryID: stored.id, turn: planned.turn)
            let id = "\(stored.id)-\(planned.turn)"
            if let delay {
                try transaction.enqueue(turn, to: queue, after: delay, id: id)
            } else {
                try transaction.poison(turn, of: queue, error: planned.lastError, id: id, at: app.clock.now)
            }
        }
    }
}
