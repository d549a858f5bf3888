public import FunctionKit
public import Portal

/// Sends the e-mails that ask users to sign a policy.
public struct PortalSigningNotify: JSONQueueFunction {
    private let notifier: SigningNotifier

    /// Reads the portal's settings and those of e-mail.
    public init(app: AppContext) async throws {
        notifier = try SigningNotifier(portal: try await Portal(app: app))
    }

    /// Sends one e-mail; a throw makes the host deliver the message again later.
    public func receive(
        _ notice: SigningNotice,
        of message: QueueMessage,
        context: InvocationContext
    ) async throws {
        try await notifier.deliver(notice, tenant: message.tenant, logger: context.logger)
    }
}
