public import FunctionKit
import OneStack

/// `POST /sandbox/books/{action}`: a bookkeeper works in Books.
public struct StackBookkeeper: HTTPFunction {
    private let sandbox: Sandbox

    /// Opens the sandbox's store.
    public init(app: AppContext) async throws { sandbox = try Sandbox(app: app) }

    /// Answers one call.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await sandbox.operate(request) {
            try await Bookkeeper(sandbox).act(request.routeValues["action"] ?? "", request)
        }
    }
}
