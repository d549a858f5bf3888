public import FunctionKit
import Portal

/// `GET /api/portal/auth/session`: tells who one is and may do what.
public struct PortalSession: HTTPFunction {
    private let portal: Portal

    /// Prepares the function.
    public init(app: AppContext) async throws { portal = try await Portal(app: app) }

    /// Answers 200 with user, company, tenant and permissions, or 401 `Session expired`.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await portal.answer(request, context, session: .required) { try .json(SessionView($0)) }
    }
}
