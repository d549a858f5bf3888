public import FunctionKit
import OneStack

/// `POST /sandbox/legal/policies`: a lawyer pushes a policy to the portal.
public struct StackLawyer: HTTPFunction {
    private let sandbox: Sandbox

    /// Opens the sandbox's store.
    public init(app: AppContext) async throws { sandbox = try Sandbox(app: app) }

    /// Answers one call.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await sandbox.operate(request) { try await Legal(sandbox).push(request) }
    }
}
