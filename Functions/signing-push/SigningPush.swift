public import FunctionKit
import Portal

/// Takes a policy from Legal, assigns it to users and asks them by e-mail to sign it.
public struct SigningPush: HTTPFunction {
    private let portal: Portal

    /// Reads the portal's settings.
    public init(app: AppContext) async throws { portal = try await Portal(app: app) }

    /// Answers 202 once the policy and the messages for its e-mails are stored.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await portal.answer(request, context) {
            try ServiceKey.check(
                request,
                is: portal.settings.integrationKey,
                headers: ["x-integration-key"],
                otherwise: .notConfigured("Legal integration not configured", code: "legal_not_configured")
            )
            let push = try await request.decode(SigningPushRequest.self, limit: SigningPushRequest.bytesMax)
            try push.validate()
            guard let tenant = try await portal.tenants.active(slug: push.tenantSlug) else {
                throw HTTPError(.notFound, code: "tenant_not_found", message: "No tenant has this tenant_slug.")
            }
            let answer = try await SigningDesk(clock: portal.app.clock)
                .accept(push, in: try portal.tenants.store(of: tenant))
            return try .json(answer, status: .accepted)
        }
    }
}
