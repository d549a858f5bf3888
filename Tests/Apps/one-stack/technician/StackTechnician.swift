public import FunctionKit
import OneStack

/// `POST /sandbox/psa/{action}`: a technician works in the PSA.
public struct StackTechnician: HTTPFunction {
    private let sandbox: Sandbox

    /// Opens the sandbox's store.
    public init(app: AppContext) async throws { sandbox = try Sandbox(app: app) }

    /// Answers one call.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await sandbox.operate(request) {
            try await Technician(sandbox).act(request.routeValues["action"] ?? "", request)
        }
    }
}
