/// A message in a queue, as it stands in its tenant's `queues` collection.
public struct QueueRecord: Codable, Sendable {
    /// The queue it waits in.
    public var queue: String
    /// What was enqueued.
    public var payload: String
    /// How many deliveries of it have failed: by an error of the function, or because the host ended while it ran.
    public var dequeueCount: Int
    /// When it may be delivered next: the enqueue time plus its delay, then the end of the pause after a failure. A message that is
    /// being handled keeps it; the host knows by its leases.
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
    public static var queues: CollectionDefinition<QueueRecord> { queuesDefinition }
}

/// Made once: every enqueue asks for it.
private let queuesDefinition = CollectionDefinition<QueueRecord>(
    "queues",
    indexes: [IndexDefinition("by_visibility", on: ["queue", "visible_at"])]
)
