extension QueueRecord {
    /// The queue that a message in a poison queue came from; nil for a message that lies in none.
    public var origin: QueueName? {
        let suffix = "-poison"
        guard queue.hasSuffix(suffix) else { return nil }
        return try? QueueName(originalQueue ?? String(queue.dropLast(suffix.count)))
    }

    /// A message in a poison queue as it goes back to its ``origin``: to be delivered at once, with no delivery counted. The
    /// last error stays until the next one. Nil for a message that lies in no poison queue.
    public func sentAgain(at now: Timestamp) -> QueueRecord? {
        guard let origin else { return nil }
        var record = QueueRecord(queue: origin, payload: payload, visibleAt: now)
        record.lastError = lastError
        return record
    }
}

extension TenantStore {
    /// Moves a message from a poison queue back to the queue it came from, in one commit; it is delivered at once, with no
    /// delivery counted. Of callers that ask at the same time, one succeeds.
    ///
    /// - Parameters:
    ///   - id: the message's id.
    ///   - poisonQueue: the queue that it must lie in; nil for any poison queue.
    /// - Returns: the queue that it went to; nil when no poison message of this id is there, perhaps because somebody has
    ///   sent it already.
    public func sendAgain(_ id: String, from poisonQueue: QueueName? = nil) async throws -> QueueName? {
        let now = clock.now
        return try await transaction { transaction in
            guard let stored = try await transaction.get(id, from: .queues),
                poisonQueue.map({ $0.description == stored.queue }) ?? true,
                let origin = stored.value.origin,
                let record = stored.value.sentAgain(at: now)
            else { return nil }
            try transaction.replace(stored, with: record, in: .queues)
            return origin
        }
    }
}
