/// A message in a queue, as it stands in its tenant's `queues` collection.
public struct QueueRecord: Codable, Sendable {
    /// The queue it waits in.
    public var queue: String
    /// What was enqueued.
    public var payload: String
    /// How often it has been delivered.
    public var dequeueCount: Int
    /// When it may be delivered next: the enqueue time plus its delay, then the end of the delivery's lease
    /// (visibility timeout) or of the pause after a failure.
    public var visibleAt: Timestamp
    /// What went wrong last; nil before the first failure.
    public var lastError: String?
    /// The queue that it came from, for a message in a poison queue.
    public var originalQueue: String?

    /// Makes a message that has not been delivered.
    public init(queue: QueueName, payload: String, visibleAt: Timestamp) {
        self.queue = queue.description
        self.payload = payload
        self.dequeueCount = 0
        self.visibleAt = visibleAt
    }

    private enum CodingKeys: String, CodingKey {
        case queue
        case payload
        case dequeueCount = "dequeue_count"
        case visibleAt = "visible_at"
        case lastError = "last_error"
        case originalQueue = "original_queue"
    }
}

extension CollectionDefinition where Document == QueueRecord {
    /// The messages of all queues of a tenant; `by_visibility` is the order of delivery.
    public static var queues: CollectionDefinition<QueueRecord> {
        CollectionDefinition("queues", indexes: [IndexDefinition("by_visibility", on: ["queue", "visible_at"])])
    }
}

extension TenantStore {
    /// Puts a message into a queue of this tenant; durable when this returns, delivered at least once.
    ///
    /// - Parameters:
    ///   - payload: encoded as JSON.
    ///   - queue: the queue's name.
    ///   - delay: how long it stays invisible.
    ///   - id: the message's id; enqueueing an id again while the message waits throws `alreadyExists`.
    ///   - timeToLive: after how long it is dropped undelivered; nil for never.
    /// - Returns: the message's id.
    @discardableResult
    public func enqueue(
        _ payload: some Encodable,
        to queue: QueueName,
        after delay: Duration = .zero,
        id: String? = nil,
        timeToLive: Duration? = nil
    ) async throws -> String {
        let now = clock.now
        let record = QueueRecord(queue: queue, payload: try JSONCoding.text(payload), visibleAt: now + delay)
        return try await collection(.queues).create(record, id: id, expiresAt: timeToLive.map { now + $0 }).id
    }
}
