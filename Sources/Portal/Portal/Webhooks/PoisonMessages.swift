import FoundationEssentials
public import FunctionKit

/// The messages of a tenant that a queue could not deliver, for health and for the staff.
public struct PoisonMessages: Sendable {
    /// The queues that the portal uses.
    public static let queueNames = ["portal-signing-notify", "legal-webhook"]
    /// How many messages of a queue are counted at the most; a longer queue counts as this many.
    public static let countMax = 1000

    private let store: TenantStore
    private let clock: any AppClock

    /// The messages of one tenant.
    public init(store: TenantStore, clock: any AppClock) {
        self.store = store
        self.clock = clock
    }

    /// How many messages wait in a queue, at most ``countMax``.
    public func count(in queue: QueueName) async throws -> Int {
        try await store.collection(.queues).storedPage(
            index: "by_visibility",
            equals: [.text(queue.description)],
            limit: Self.countMax
        ).documents.count
    }

    /// One page of the messages in the poison queue of `queue`, the oldest first.
    public func list(
        of queue: QueueName,
        limit: Int = 50,
        cursor: String? = nil
    ) async throws -> Page<QueueRecord> {
        let poison = try queue.poison
        return try await store.collection(.queues).page(
            index: "by_visibility",
            equals: [.text(poison.description)],
            limit: limit,
            cursor: cursor
        )
    }

    /// Puts a poison message back into the queue it came from, with no delivery counted; it is delivered at once.
    ///
    /// - Returns: false when there is no poison message of this id, perhaps because somebody has sent it already.
    public func sendAgain(_ id: String) async throws -> Bool { try await store.sendAgain(id) != nil }
}

extension Transaction {
    /// Puts a message straight into the poison queue of `queue`, for work that has been given up.
    mutating func poison(
        _ payload: some Encodable,
        of queue: QueueName,
        error: String?,
        id: String,
        at now: Timestamp
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(payload), as: UTF8.self)
        var record = QueueRecord(queue: try queue.poison, payload: text, visibleAt: now)
        record.originalQueue = queue.description
        record.lastError = error
        try create(record, id: id, in: .queues)
    }
}
