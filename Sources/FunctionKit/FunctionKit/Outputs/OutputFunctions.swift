/// A function that leaves messages in queues, through output bindings of its `function.json`.
///
/// A type conforms to one of ``HTTPOutputFunction``, ``TimerOutputFunction`` and ``QueueOutputFunction``. The messages of an
/// invocation are committed as one batch when the function has returned, all of them or none, and nothing is enqueued when
/// it throws or was cancelled.
public protocol OutputFunction: Function {
    /// The bindings that it sends to. One that `function.json` does not declare as `"type": "queue", "direction": "out"` keeps the
    /// function from loading.
    static var outputs: [OutputBinding] { get }
}

/// What an HTTP function answers and leaves behind.
public struct HTTPResult: Sendable {
    /// The answer.
    public var response: HTTPResponse
    /// The messages.
    public var outputs: Outputs

    /// Makes a result.
    public init(_ response: HTTPResponse, _ outputs: Outputs = .none) {
        self.response = response
        self.outputs = outputs
    }
}

/// An ``HTTPFunction`` that leaves messages in queues as well.
public protocol HTTPOutputFunction: OutputFunction {
    /// Answers one request; throws as ``HTTPHandling/respond(to:context:)``.
    ///
    /// The outputs are durable before the answer goes out. When they cannot be committed, the answer is a 500 and nothing is
    /// enqueued.
    func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResult
}

/// A ``TimerFunction`` that leaves messages in queues.
public protocol TimerOutputFunction: OutputFunction {
    /// Runs once for an occurrence of the schedule; when the outputs cannot be committed, the run has failed.
    func fire(_ timer: TimerInfo, context: InvocationContext) async throws -> Outputs
}

/// A ``QueueFunction`` that leaves messages in queues.
public protocol QueueOutputFunction: OutputFunction {
    /// Handles one message.
    ///
    /// Outputs for the message's own tenant are committed in the same batch that removes the message: it is gone and they are
    /// there, or neither. Outputs for another tenant are committed before that batch, so that they may come twice when the host
    /// ends in between. When the outputs cannot be committed, the delivery has failed.
    func receive(_ message: QueueMessage, context: InvocationContext) async throws -> Outputs
}
