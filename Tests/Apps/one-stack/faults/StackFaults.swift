public import FunctionKit
import OneStack

/// `GET, POST /sandbox/faults`: makes the products misbehave.
public struct StackFaults: HTTPFunction {
    private let sandbox: Sandbox

    /// Opens the sandbox's store.
    public init(app: AppContext) async throws { sandbox = try Sandbox(app: app) }

    /// Answers one call.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await sandbox.operate(request) { try await sandbox.changeFaults(request) }
    }
}
