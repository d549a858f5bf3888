public import FunctionKit
public import Portal

/// Tells Legal of signatures, event by event, for a day if need be.
public struct LegalWebhook: JSONQueueFunction {
    private let sender: LegalWebhookSender

    /// Reads the portal's settings.
    public init(app: AppContext) async throws {
        sender = try LegalWebhookSender(portal: try await Portal(app: app))
    }

    /// Makes one attempt and plans the next one where it is needed.
    public func receive(
        _ turn: WebhookTurnMessage,
        of message: QueueMessage,
        context: InvocationContext
    ) async throws {
        try await sender.deliver(turn, of: message, logger: context.logger)
    }
}
