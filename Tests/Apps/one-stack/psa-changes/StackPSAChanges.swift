public import FunctionKit
import OneStack

/// `GET /psa/portal/tickets/changes`: the PSA tells the portal what changed.
public struct StackPSAChanges: HTTPFunction {
    private let sandbox: Sandbox

    /// Opens the sandbox's store.
    public init(app: AppContext) async throws { sandbox = try Sandbox(app: app) }

    /// Answers one call.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await sandbox.answer(request, as: .psa) { try await PSA(sandbox).changes(request) }
    }
}
