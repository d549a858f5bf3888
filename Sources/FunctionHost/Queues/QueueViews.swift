import FoundationEssentials
package import FunctionKit

/// The answer of `GET /admin/queues`.
package struct QueueOverview: Encodable, Sendable {
    /// A tenant that cannot be looked at.
    package struct Problem: Encodable, Sendable, Hashable {
        /// The tenant.
        package var tenant: String
        /// What is wrong with it.
        package var reason: String
    }

    /// The queues that hold messages, by tenant and name.
    package var queues: [QueueCounts] = []
    /// The tenants whose queues cannot be read.
    package var problems: [Problem] = []
    /// Where the next page begins; nil on the last one.
    package var nextCursor: String?

    private enum CodingKeys: String, CodingKey {
        case queues
        case problems
        case nextCursor = "next_cursor"
    }
}

/// How many messages of a tenant lie in a queue; none of the numbers exceeds ``QueueInspector/countMax``.
package struct QueueCounts: Codable, Sendable, Hashable {
    /// The queue, without `-poison`.
    package var queue: String
    /// Whose messages they are.
    package var tenant: String
    /// Messages that may be delivered now.
    package var waiting = 0
    /// Messages that are being handled, rest after a failure, or were enqueued with a delay.
    package var invisible = 0
    /// Messages in the queue's poison queue.
    package var poison = 0

    init(queue: String, tenant: String) {
        self.queue = queue
        self.tenant = tenant
    }
}

/// The answer of `GET /admin/queues/{queue}/messages`.
package struct QueueMessagePage: Encodable, Sendable {
    /// The messages.
    package var messages: [QueueMessageView]
    /// Where the next page begins; nil on the last one.
    package var nextCursor: String?

    private enum CodingKeys: String, CodingKey {
        case messages
        case nextCursor = "next_cursor"
    }
}

/// A message as the admin API shows it. A document that is no message has its text as the payload and no counts.
package struct QueueMessageView: Encodable, Sendable {
    /// The message's id.
    package var id: String
    /// How many deliveries of it have failed.
    package var dequeueCount: Int?
    /// When it was enqueued.
    package var insertedAt: Timestamp
    /// When it may be delivered next.
    package var visibleAt: Timestamp?
    /// When it is dropped undelivered.
    package var expiresAt: Timestamp?
    /// True while a function handles it.
    package var isHandled: Bool
    /// What went wrong last.
    package var lastError: String?
    /// The queue that a poison message came from.
    package var originalQueue: String?
    /// What was enqueued.
    package var payload: String

    init(_ document: StoredDocument, isHandled: Bool) {
        self.isHandled = isHandled
        let record = Stored(message: document)?.value
        id = document.id.description
        dequeueCount = record?.dequeueCount
        insertedAt = document.createdAt
        visibleAt = record?.visibleAt
        expiresAt = document.expiresAt
        lastError = record?.lastError
        originalQueue = record?.originalQueue
        payload = record?.payload ?? String(decoding: document.body, as: UTF8.self)
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case dequeueCount = "dequeue_count"
        case insertedAt = "inserted_at"
        case visibleAt = "visible_at"
        case expiresAt = "expires_at"
        case isHandled = "is_handled"
        case lastError = "last_error"
        case originalQueue = "original_queue"
        case payload
    }
}

/// The queue's name alone, of a document that may have any other shape.
struct QueueNameOnly: Decodable {
    let queue: String

    init?(_ document: StoredDocument) {
        guard let value = try? JSONDecoder().decode(Self.self, from: Data(document.body)) else { return nil }
        self = value
    }
}
