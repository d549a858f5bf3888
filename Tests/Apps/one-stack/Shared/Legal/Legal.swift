import FoundationEssentials
package import FunctionKit

/// Legal's side of signing: it receives the portal's events and pushes policies.
package struct Legal: Sendable {
    private let sandbox: Sandbox

    /// Opens Legal.
    package init(_ sandbox: Sandbox) { self.sandbox = sandbox }

    /// `POST legal/webhook`: keeps an event once, however often it is delivered.
    package func receive(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let verifier = WebhookVerifier(secret: try sandbox.setting("LEGAL_WEBHOOK_SECRET")) else {
            throw HTTPError(
                .serviceUnavailable,
                code: "not_configured",
                message: "LEGAL_WEBHOOK_SECRET is not 'whsec_' with base64 behind it."
            )
        }
        let body = try await request.body.collect()
        let id = try verifier.verify(request.headers, body: body, now: sandbox.app.clock.now)
        let message: WebhookMessage = try decoded(body)
        try await sandbox.store.transaction { transaction in
            if let stored = try await transaction.get(id, from: .legalEvents) {
                var event = stored.value
                event.deliveries += 1
                try transaction.replace(stored, with: event, in: .legalEvents)
            } else {
                try transaction.create(LegalEvent(message, raw: body), id: id, in: .legalEvents)
            }
        }
        return HTTPResponse(status: .noContent)
    }

    /// `POST sandbox/legal/policies`: pushes a policy to the portal and keeps what the portal answered.
    package func push(_ request: HTTPRequest) async throws -> HTTPResponse {
        let draft = try await request.decode(PolicyDraft.self)
        let push = PolicyPush(draft, now: sandbox.app.clock.now, newID: sandbox.shortName("POL"))
        let answer = try await sandbox.callPortal(
            "/api/internal/signing/push",
            keySetting: "PORTAL_INTEGRATION_KEY",
            push
        )
        let record = PushedPolicy(push: push, answer: answer)
        try await sandbox.store.collection(.pushedPolicies)
            .upsert(record, id: "\(push.tenantSlug)/\(push.policy.id)@\(push.policy.version)")
        return try .json(record)
    }
}

/// An event that the portal sent.
package struct LegalEvent: Codable, Sendable {
    /// The event's name: `policy.acknowledged`.
    package var type: String
    /// The tenant's slug, where the event names one.
    package var tenantSlug: String?
    /// The policy, where the event names one.
    package var policyID: String?
    /// Who signed, where the event says so.
    package var fullName: String?
    /// The body as it came.
    package var raw: String
    /// How often it was delivered.
    package var deliveries: Int

    init(_ message: WebhookMessage, raw: [UInt8]) {
        type = message.type
        tenantSlug = message.data?.tenantSlug
        policyID = message.data?.policyID
        fullName = message.data?.fullName
        self.raw = String(decoding: raw, as: UTF8.self)
        deliveries = 1
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case tenantSlug = "tenant_slug"
        case policyID = "policy_id"
        case fullName = "full_name"
        case raw, deliveries
    }
}

/// The part of a webhook's body that is looked at.
struct WebhookMessage: Decodable {
    struct Content: Decodable {
        var tenantSlug: String?
        var policyID: String?
        var fullName: String?

        enum CodingKeys: String, CodingKey {
            case tenantSlug = "tenant_slug"
            case policyID = "policy_id"
            case fullName = "full_name"
        }
    }
    var type: String
    var data: Content?
}

extension CollectionDefinition where Document == LegalEvent {
    /// The events; ids are the webhooks' ids.
    package static var legalEvents: CollectionDefinition<LegalEvent> {
        CollectionDefinition("legal_events", indexes: [IndexDefinition("by_time", on: ["created_at"])])
    }
}
