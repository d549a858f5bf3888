/// A message as its function receives it.
public struct QueueMessage: Sendable, Hashable {
    /// The message's id, unique within its tenant; the same on every delivery, so it serves as an idempotency key.
    public let id: String
    /// The queue it came from.
    public let queue: QueueName
    /// The tenant whose data it belongs to: `app.store.tenant(message.tenant)`.
    public let tenant: TenantName
    /// What was enqueued, as text; usually JSON. Bytes travel as base64 text.
    public let payload: String
    /// How often it has been delivered, this time included.
    public let dequeueCount: Int
    /// When it was enqueued.
    public let insertedAt: Timestamp
    /// When it is dropped undelivered; nil for never.
    public let expiresAt: Timestamp?
    /// When it would be delivered again if the host stopped renewing its lease now; nil for a message that was made by hand.
    public let nextVisibleAt: Timestamp?

    /// Makes a message; the host and the test kit call it.
    public init(
        id: String,
        queue: QueueName,
        tenant: TenantName,
        payload: String,
        dequeueCount: Int = 1,
        insertedAt: Timestamp,
        expiresAt: Timestamp? = nil,
        nextVisibleAt: Timestamp? = nil
    ) {
        self.id = id
        self.queue = queue
        self.tenant = tenant
        self.payload = payload
        self.dequeueCount = dequeueCount
        self.insertedAt = insertedAt
        self.expiresAt = expiresAt
        self.nextVisibleAt = nextVisibleAt
    }

    /// Decodes the payload as JSON.
    ///
    /// - Throws: `DecodingError` when the payload is not JSON or has another shape.
    public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONCoding.decode(type, from: Array(payload.utf8))
    }
}
