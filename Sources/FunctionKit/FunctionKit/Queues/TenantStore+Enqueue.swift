extension TenantStore {
    /// Puts a message into a queue of this tenant; durable when this returns, delivered at least once.
    ///
    /// - Parameters:
    ///   - payload: encoded as JSON, at most ``QueueLimits/payloadBytesMax`` bytes.
    ///   - queue: the queue's name.
    ///   - delay: how long it stays invisible; nothing for less than zero.
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
        try await enqueue(text: try JSONCoding.text(payload), to: queue, after: delay, id: id, timeToLive: timeToLive)
    }

    /// Puts a message into a queue whose payload is this text as it stands; see ``enqueue(_:to:after:id:timeToLive:)``.
    @discardableResult
    public func enqueue(
        text: String,
        to queue: QueueName,
        after delay: Duration = .zero,
        id: String? = nil,
        timeToLive: Duration? = nil
    ) async throws -> String {
        let id = id ?? ids.next()
        let draft = QueueDraft(queue: queue, payload: text, delay: delay, timeToLive: timeToLive)
        let write = try draft.write(id: id, at: clock.now)
        try await partition.declare(CollectionDefinition.queues.schema)
        _ = try await partition.commit(WriteBatch([write]))
        return id
    }
}

extension Transaction {
    /// Puts a message into a queue; it is delivered only if the transaction commits. See
    /// ``TenantStore/enqueue(_:to:after:id:timeToLive:)`` for the parameters.
    ///
    /// - Returns: the message's id.
    @discardableResult
    public mutating func enqueue(
        _ payload: some Encodable,
        to queue: QueueName,
        after delay: Duration = .zero,
        id: String? = nil,
        timeToLive: Duration? = nil
    ) throws -> String {
        try enqueue(text: try JSONCoding.text(payload), to: queue, after: delay, id: id, timeToLive: timeToLive)
    }

    /// Puts a message into a queue whose payload is this text as it stands.
    @discardableResult
    public mutating func enqueue(
        text: String,
        to queue: QueueName,
        after delay: Duration = .zero,
        id: String? = nil,
        timeToLive: Duration? = nil
    ) throws -> String {
        let id = id ?? tenant.ids.next()
        let draft = QueueDraft(queue: queue, payload: text, delay: delay, timeToLive: timeToLive)
        append(try draft.write(id: id, at: tenant.clock.now), CollectionDefinition.queues.schema)
        return id
    }
}
