public import FunctionKit
import Portal

/// Lists the documents that the signed-in user is to sign or has signed: `?status=awaiting|signed`.
public struct PortalDocuments: HTTPFunction {
    private let portal: Portal

    /// Reads the portal's settings.
    public init(app: AppContext) async throws { portal = try await Portal(app: app) }

    /// Answers one page.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await portal.answer(request, context, session: .permission(.documentsView)) { session in
            try await SigningDocuments().page(
                of: session.user.id,
                state: try SigningDocuments.state(request),
                page: try PageRequest(request),
                in: session.store
            )
        }
    }
}
