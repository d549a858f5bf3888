public import FunctionKit

/// An event on its way to another program: a place in the outbox. Its document id is the `webhook-id`.
public struct WebhookDelivery: Codable, Sendable {
    /// What happened: `policy.acknowledged`.
    public var type: String
    /// The exact text that is signed and sent, the same on every attempt.
    public var body: String
    /// How far it has come.
    public var state: State
    /// How often it has been sent.
    public var attempts: Int
    /// When it was first sent; the day of retries counts from here.
    public var firstAttemptAt: Timestamp?
    /// When it was last sent.
    public var lastAttemptAt: Timestamp?
    /// When the receiver accepted it.
    public var deliveredAt: Timestamp?
    /// Why the last attempt failed, or what it waits for.
    public var lastError: String?
    /// Counts the messages in the queue for this delivery, so that one that was replaced by a later one does nothing.
    public var turn: Int

    /// How far a delivery has come.
    public enum State: String, Codable, Sendable {
        /// It is in the queue.
        case pending
        /// It is in the queue and no receiver is set up.
        case waiting
        /// The receiver accepted it; it is never sent again.
        case delivered
        /// A day has passed; it is in the poison queue.
        case failed
    }

    /// Makes an event that has not been sent.
    public init(type: String, body: String) {
        self.type = type
        self.body = body
        state = .pending
        attempts = 0
        turn = 0
    }

    /// How long a delivered event is kept for people to look at.
    static let keptAfterDelivery: Duration = .seconds(30 * 24 * 3600)

    private enum CodingKeys: String, CodingKey {
        case type
        case body
        case state
        case attempts
        case firstAttemptAt = "first_attempt_at"
        case lastAttemptAt = "last_attempt_at"
        case deliveredAt = "delivered_at"
        case lastError = "last_error"
        case turn
    }
}

extension CollectionDefinition where Document == WebhookDelivery {
    /// The outbox of a tenant.
    public static var webhookDeliveries: CollectionDefinition<WebhookDelivery> { webhookDeliveriesDefinition }
}

/// A message of the queue `legal-webhook`: which delivery is due.
public struct WebhookTurnMessage: Codable, Sendable {
    /// The id of the delivery.
    public var deliveryID: String
    /// Which of its messages this is.
    public var turn: Int

    private enum CodingKeys: String, CodingKey {
        case deliveryID = "delivery_id"
        case turn
    }
}

extension Transaction {
    /// Puts an event into the outbox and its first message into the queue, with everything else of this transaction.
    public mutating func send(_ event: WebhookDelivery, id: String, through queue: QueueName) throws {
        try create(event, id: id, in: .webhookDeliveries)
        try enqueue(WebhookTurnMessage(deliveryID: id, turn: event.turn), to: queue, id: "\(id)-\(event.turn)")
    }
}

private let webhookDeliveriesDefinition = CollectionDefinition<WebhookDelivery>(
    "webhook_deliveries",
    indexes: [IndexDefinition("by_state", on: ["state", "created_at"])]
)
