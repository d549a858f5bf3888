public import FunctionKit
import OneStack

/// `GET, POST /mission/{*path}`: Mission answers the portal's proxy.
public struct StackMission: HTTPFunction {
    private let sandbox: Sandbox

    /// Opens the sandbox's store.
    public init(app: AppContext) async throws { sandbox = try Sandbox(app: app) }

    /// Answers one call.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await sandbox.answer(request, as: .mission) { try await Mission(sandbox).respond(to: request) }
    }
}
