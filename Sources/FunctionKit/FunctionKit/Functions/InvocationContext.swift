/// What lives as long as one invocation.
///
/// Keep nothing of it beyond the call: the deadline passes and the logger's invocation id becomes meaningless. When the
/// host cancels an invocation (deadline, shutdown, vanished client) it cancels the task, as `Task.isCancelled` tells.
public struct InvocationContext: Sendable {
    /// The invocation's id; each attempt of a retried invocation has a new one.
    public let invocationID: InvocationID
    /// The name of the function that runs.
    public let functionName: String
    /// When the host will cancel the call; nil when `functionTimeout` is -1.
    public let deadline: Timestamp?
    /// The W3C `traceparent` that the invocation belongs to; nil when the trigger brought none.
    public let traceParent: String?
    /// How many attempts of this invocation failed before this one: by the retry policy where the function has one, by the
    /// deliveries of its message where a queue triggers it.
    public let retryCount: Int
    /// The progress of the function's retry policy; nil when it has none.
    public let retry: RetryContext?
    /// Logs under the function's name and the invocation's id.
    public let logger: Logger

    /// Makes a context; the host and the test kit call it.
    public init(
        invocationID: InvocationID,
        functionName: String,
        deadline: Timestamp? = nil,
        traceParent: String? = nil,
        retryCount: Int = 0,
        retry: RetryContext? = nil,
        logger: Logger
    ) {
        self.invocationID = invocationID
        self.functionName = functionName
        self.deadline = deadline
        self.traceParent = traceParent
        self.retryCount = retry?.retryCount ?? retryCount
        self.retry = retry
        self.logger = logger
    }
}

/// The id of an invocation: 128 bits, shown as a UUID. The text is made only when somebody asks for it.
public struct InvocationID: Sendable, Hashable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// Makes an id from 128 random bits; the version and variant bits of UUID version 4 (RFC 9562) are set here.
    public init(high: UInt64, low: UInt64) {
        self.high = (high & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        self.low = (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    }

    /// The id as a lower-case UUID of 36 characters.
    public var description: String { uuidText(high: high, low: low) }

    /// How many bytes the text has.
    public static let textBytes = 36

    /// Writes the text into a buffer that has room for ``textBytes``.
    public func write(to buffer: UnsafeMutableBufferPointer<UInt8>) { _ = writeUUID(high: high, low: low, to: buffer) }

    /// Appends the text to bytes, for log lines that are put together without making strings.
    public func append(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { buffer in
            _ = writeUUID(high: high, low: low, to: buffer)
            bytes.append(contentsOf: buffer)
        }
    }
}

/// 128 bits in the text form of RFC 9562.
func uuidText(high: UInt64, low: UInt64) -> String {
    String(unsafeUninitializedCapacity: 36) { writeUUID(high: high, low: low, to: $0) }
}

/// Writes the 36 characters of a UUID into a buffer that has room for them.
private func writeUUID(high: UInt64, low: UInt64, to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    guard buffer.count >= UUIDText.textCount, let start = buffer.baseAddress else {
        preconditionFailure("A UUID has 36 characters.")
    }
    UUIDText.write(high, low, to: start)
    return UUIDText.textCount
}
