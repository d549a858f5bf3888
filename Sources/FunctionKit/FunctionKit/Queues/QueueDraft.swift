/// A message that is to be enqueued.
public struct QueueDraft: Sendable, Hashable {
    /// The queue.
    public let queue: QueueName
    /// The payload.
    public let payload: String
    /// How long it stays invisible; nothing for less than zero.
    public let delay: Duration
    /// After how long it is dropped undelivered; nil for never.
    public let timeToLive: Duration?

    /// Makes a draft.
    public init(queue: QueueName, payload: String, delay: Duration = .zero, timeToLive: Duration? = nil) {
        self.queue = queue
        self.payload = payload
        self.delay = delay
        self.timeToLive = timeToLive
    }

    /// The write that enqueues it.
    ///
    /// - Throws: ``StoreError`` with `tooLarge` for a payload beyond ``QueueLimits/payloadBytesMax``, and with `invalidName` for
    ///   an id that is none.
    public func write(id: String, at now: Timestamp) throws(StoreError) -> WriteBatch.Write {
        try Self.check(payload, of: "'\(queue)'")
        let record = QueueRecord(queue: queue, payload: payload, visibleAt: now + max(delay, .zero))
        let content = WriteBatch.Content(body: record.body, expiresAt: timeToLive.map { now + $0 })
        return .init(DocumentKey(CollectionDefinition.queues.name, try DocumentID(id)), .create(content))
    }

    /// Checks a payload's size.
    static func check(_ payload: String, of queue: @autoclosure () -> String) throws(StoreError) {
        let count = payload.utf8.count
        guard count > QueueLimits.payloadBytesMax else { return }
        throw StoreError(
            .tooLarge,
            "A message for \(queue()) has \(count) bytes; at most \(QueueLimits.payloadBytesMax) are taken. Put what is large "
                + "into a document and enqueue its id."
        )
    }
}
