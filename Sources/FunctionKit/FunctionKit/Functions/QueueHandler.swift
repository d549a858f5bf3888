/// What is done with a queue's messages, as a closure; see ``HTTPHandler``.
///
/// ```swift
/// let mail = QueueHandler.json { (order: Order, message, context) in try await send(order, key: message.id) }
/// ```
public struct QueueHandler: QueueHandling {
    private let handle: @Sendable (QueueMessage, InvocationContext) async throws -> Void

    /// Makes a handler of a closure.
    public init(_ handle: @escaping @Sendable (QueueMessage, InvocationContext) async throws -> Void) {
        self.handle = handle
    }

    /// Makes a handler of a closure over a `Codable` payload, as a ``JSONQueueFunction`` is one of a type. A payload that does
    /// not decode fails like a throw of the closure.
    public static func json<Payload: Decodable & Sendable>(
        _ handle: @escaping @Sendable (Payload, QueueMessage, InvocationContext) async throws -> Void
    ) -> QueueHandler {
        QueueHandler { message, context in
            try await handle(try message.decode(Payload.self), message, context)
        }
    }

    /// Calls the closure.
    public func receive(_ message: QueueMessage, context: InvocationContext) async throws {
        try await handle(message, context)
    }
}
