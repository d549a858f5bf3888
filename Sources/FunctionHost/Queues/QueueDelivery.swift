import FunctionKit

/// A message that has been taken for a function. A class, because it is handed on several times and never changes.
final class QueueDelivery: Sendable {
    /// The document as it stood when it was taken.
    let stored: Stored<QueueRecord>
    /// Until when its lease runs unless it is renewed.
    let leasedUntil: Timestamp

    /// Notes what was taken.
    init(stored: Stored<QueueRecord>, leasedUntil: Timestamp) {
        self.stored = stored
        self.leasedUntil = leasedUntil
    }

    /// The message's id.
    var id: String { stored.id }
    /// How often it has been delivered, this time included.
    var dequeueCount: Int { stored.dequeueCount + 1 }

    /// Whether a delivery before has failed.
    var hasFailed: Bool { stored.dequeueCount > 0 }

    /// What the function receives.
    func message(of tenant: TenantName, in queue: QueueName) -> QueueMessage {
        QueueMessage(
            id: id,
            queue: queue,
            tenant: tenant,
            payload: stored.payload,
            dequeueCount: dequeueCount,
            insertedAt: stored.createdAt,
            expiresAt: stored.expiresAt,
            nextVisibleAt: leasedUntil
        )
    }
}

/// How a delivery has ended.
struct QueueEnding: Sendable {
    /// What was delivered.
    let delivery: QueueDelivery
    /// What becomes of the message.
    var disposition: QueueDisposition
    /// What went wrong; nil when nothing did.
    var error: String?
    /// What is enqueued together with the message's removal.
    var outputs: [WriteBatch.Write] = []

    /// The longest error text that is kept with a message: 1,000 bytes.
    static let errorBytesMax = 1000

    /// How many bytes its outputs have.
    var outputBytes: Int {
        outputs.reduce(0) { sum, write in
            if case .create(let content) = write.operation { sum + content.body.count } else { sum }
        }
    }

    /// The write that settles the message; nil when nothing is written to it.
    ///
    /// - Parameter isLean: true when the tenant must not grow: without the error's text, and with a rest in the queue
    ///   instead of the move to the poison queue.
    func write(in queue: QueueName, _ policy: QueuePolicy, at now: Timestamp, isLean: Bool) throws
        -> WriteBatch.Write?
    {
        if case .release = disposition { return nil }
        let key = DocumentKey(CollectionDefinition.queues.name, try DocumentID(delivery.id))
        if case .delete = disposition { return .init(key, .delete(expected: delivery.stored.revision)) }
        var record = delivery.stored.value
        switch disposition {
        case .release, .delete: break
        case .retry(let delay): record.visibleAt = now + delay
        case .poison where isLean: record.visibleAt = now + policy.retryDelayMax
        case .poison:
            record.originalQueue = record.queue
            record.queue = try queue.poison.description
            record.visibleAt = now
        }
        record.dequeueCount += 1
        record.lastError =
            isLean ? nil : error.map { String(decoding: $0.utf8.prefix(Self.errorBytesMax), as: UTF8.self) }
        let content = WriteBatch.Content(
            body: try delivery.stored.bodyWhenReplaced(by: record),
            expiresAt: delivery.stored.expiresAt
        )
        return .init(key, .replace(content, expected: delivery.stored.revision))
    }
}
