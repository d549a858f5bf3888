public import FunctionKit
import OneStack

/// `POST /psa/portal/tickets/{id}/comments`: the PSA takes a comment from the portal.
public struct StackPSAComments: HTTPFunction {
    private let sandbox: Sandbox

    /// Opens the sandbox's store.
    public init(app: AppContext) async throws { sandbox = try Sandbox(app: app) }

    /// Answers one call.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await sandbox.answer(request, as: .psa) { try await PSA(sandbox).addComment(request) }
    }
}
