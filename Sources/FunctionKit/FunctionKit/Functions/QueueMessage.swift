import FoundationEssentials

/// A message as its function receives it.
public struct QueueMessage: Sendable, Hashable {
    /// The message's id, unique within its tenant; the same on every delivery, so it serves as an idempotency key.
    public let id: String
    /// The queue it came from.
    public let queue: QueueName
    /// The tenant whose data it belongs to: `app.store.tenant(message.tenant)`.
    public let tenant: TenantName
    /// What was enqueued, as text; usually JSON.
    public let payload: String
    /// How often it has been delivered, this time included.
    public let dequeueCount: Int
    /// When it was enqueued.
    public let insertedAt: Timestamp
    /// When it is dropped undelivered; nil for never.
    public let expiresAt: Timestamp?

    /// Makes a message; the host and the test kit call it.
    public init(
        id: String,
        queue: QueueName,
        tenant: TenantName,
        payload: String,
        dequeueCount: Int = 1,
        insertedAt: Timestamp,
        expiresAt: Timestamp? = nil
    ) {
        self.id = id
        self.queue = queue
        self.tenant = tenant
        self.payload = payload
        self.dequeueCount = dequeueCount
        self.insertedAt = insertedAt
        self.expiresAt = expiresAt
    }

    /// Decodes the payload as JSON.
    ///
    /// - Throws: `DecodingError` when the payload is not JSON or has another shape.
    public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(payload.utf8))
    }
}

/// The name of a queue: 3 to 63 characters of `a-z`, `0-9` and single dashes inside, as Azure Storage queues.
public struct QueueName: Sendable, Hashable, CustomStringConvertible {
    /// The validated text.
    public let description: String

    /// Makes a name.
    ///
    /// - Throws: ``StoreError`` with code `invalidName` when the text breaks the rule.
    public init(_ text: String) throws(StoreError) {
        var previous = UInt8(ascii: "-")
        var isValid = (3...63).contains(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "-") where previous != UInt8(ascii: "-"): break
            default: isValid = false
            }
            previous = byte
        }
        guard isValid, previous != UInt8(ascii: "-") else {
            throw StoreError(
                .invalidName,
                "'\(text)' is not a valid queue name. Use 3 to 63 characters of a-z, 0-9 and single dashes inside."
            )
        }
        description = text
    }

    /// The queue that takes the messages which this one could not deliver: `<queue>-poison`.
    ///
    /// - Throws: ``StoreError`` when the longer name exceeds 63 characters.
    public var poison: QueueName {
        get throws(StoreError) { try QueueName(description + "-poison") }
    }
}
