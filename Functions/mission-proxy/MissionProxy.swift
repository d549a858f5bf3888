public import FunctionKit
import Portal

/// Hands the requests of a nonprofit's members to Mission, for a short list of paths.
public struct MissionProxy: HTTPFunction {
    private let portal: Portal
    private let forwarder: MissionForwarder

    /// Reads the portal's settings.
    public init(app: AppContext) async throws {
        portal = try await Portal(app: app)
        forwarder = try MissionForwarder(portal: portal)
    }

    /// Answers with what Mission answers.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await portal.answer(request, context, session: .required) { session in
            try await forwarder.forward(request, for: session, context: context)
        }
    }
}
