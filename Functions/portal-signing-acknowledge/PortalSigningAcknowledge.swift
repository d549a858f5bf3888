public import FunctionKit
import Portal

/// Records that the signed-in user signs a policy.
public struct PortalSigningAcknowledge: HTTPFunction {
    private let portal: Portal

    /// Reads the portal's settings.
    public init(app: AppContext) async throws { portal = try await Portal(app: app) }

    /// Answers 201 with the acknowledgement.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await portal.answer(request, context, session: .permission(.documentsSign)) { session in
            let signing = try await request.decode(SigningRequest.self).validated()
            let signed = try await SigningAct(portal: portal).sign(signing, by: session, over: request)
            return try .json(signed, status: .created)
        }
    }
}
