public import FunctionKit
import OneStack

/// `GET /sandbox/state`: shows what the other side knows.
public struct StackState: HTTPFunction {
    private let sandbox: Sandbox

    /// Opens the sandbox's store.
    public init(app: AppContext) async throws { sandbox = try Sandbox(app: app) }

    /// Answers one call.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await sandbox.operate(request) { try await sandbox.state(request) }
    }
}
