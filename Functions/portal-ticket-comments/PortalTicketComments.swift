public import FunctionKit
import Portal

/// `POST /api/portal/tickets/{id}/comments`: adds a comment, which the next run of ticket-sync takes to the PSA.
public struct PortalTicketComments: HTTPFunction {
    private let portal: Portal

    /// Prepares the function.
    public init(app: AppContext) async throws { portal = try await Portal(app: app) }

    /// Answers 201 with the comment, or 404 for every ticket that the session may not see.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await portal.answer(request, context, session: .permission(.ticketsComment)) { session in
            guard let id = request.routeValues["id"], let ticket = try await TicketScope(session).ticket(id) else {
                throw HTTPError.notFoundHere
            }
            let new = try await request.decode(NewComment.self, limit: NewComment.bodyBytesMax)
            let comment = TicketComment(
                ticketID: ticket.id,
                authorName: session.user.name,
                authorEmail: session.user.email,
                userID: session.user.id,
                body: try NewComment.bodyRule.apply(new.body, to: "body"),
                origin: .portal,
                authoredAt: portal.app.clock.now
            )
            return try .json(try await session.store.collection(.ticketComments).create(comment), status: .created)
        }
    }
}

/// The body of a new comment.
private struct NewComment: Decodable {
    /// Room for a comment whose every byte is escaped.
    static let bodyBytesMax = 256 << 10
    static let bodyRule = TextRule.lines(bytesMax: 32 << 10)

    var body: String
}
