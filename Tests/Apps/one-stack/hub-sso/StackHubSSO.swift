public import FunctionKit
import OneStack

/// `GET /hub/sso/{person}`: the Hub signs a person in to the portal.
public struct StackHubSSO: HTTPFunction {
    private let sandbox: Sandbox

    /// Opens the sandbox's store.
    public init(app: AppContext) async throws { sandbox = try Sandbox(app: app) }

    /// Answers one call.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await sandbox.answer(request, as: .hub) { try await Hub(sandbox).signIn(request) }
    }
}
