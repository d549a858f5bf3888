/// How far the repetition of a failed execution has come, for a function with a retry policy (`retry` of function.json or
/// host.json). Every attempt has one, the first included.
public struct RetryContext: Sendable, Hashable {
    /// How many attempts failed before this one; 0 for the first.
    public var retryCount: Int
    /// The most repetitions; nil for no bound (`-1`).
    public var maxRetryCount: Int?
    /// What the attempt before failed with, as its log line says it; nil for the first.
    public var lastError: String?

    /// Makes a context; the host and the test kit call it.
    public init(retryCount: Int = 0, maxRetryCount: Int? = nil, lastError: String? = nil) {
        self.retryCount = retryCount
        self.maxRetryCount = maxRetryCount
        self.lastError = lastError
    }
}
