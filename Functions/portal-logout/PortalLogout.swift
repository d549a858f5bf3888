public import FunctionKit
import Portal

/// `POST /api/portal/auth/logout`: ends the session that the cookie names, and no other of the user's.
public struct PortalLogout: HTTPFunction {
    private let portal: Portal

    /// Prepares the function.
    public init(app: AppContext) async throws { portal = try await Portal(app: app) }

    /// Answers 204 and clears the cookie, whether or not there was a session.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await portal.answer(request, context) {
            if let ended = try await portal.sessions.end(request) {
                let entry = AuditEntry(
                    "session.end",
                    actorKind: "user",
                    actorID: ended.record.userID,
                    companyID: ended.record.companyID,
                    remoteAddress: request.remoteAddress
                )
                try await portal.audit.record(entry, in: ended.store)
            }
            return HTTPResponse(status: .noContent, headers: ["Set-Cookie": Sessions.clearingCookie])
        }
    }
}
