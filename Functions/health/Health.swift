public import FunctionKit
import Portal

/// Tells whether the portal and what it depends on work.
public struct Health: HTTPFunction {
    private let portal: Portal
    private let check: HealthCheck

    /// Reads the portal's settings.
    public init(app: AppContext) async throws {
        portal = try await Portal(app: app)
        check = try HealthCheck(portal: portal)
    }

    /// Answers one word, or everything to whoever shows a function key.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await portal.answer(request, context) { try await check.answer(request) }
    }
}
