public import FunctionKit
import OneStack

/// `POST /legal/webhook`: Legal takes the portal's events.
public struct StackLegalWebhook: HTTPFunction {
    private let sandbox: Sandbox

    /// Opens the sandbox's store.
    public init(app: AppContext) async throws { sandbox = try Sandbox(app: app) }

    /// Answers one call.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await sandbox.answer(request, as: .legal) { try await Legal(sandbox).receive(request) }
    }
}
