public import FunctionKit
import Portal

/// `GET /api/portal/tickets/{id}`: a ticket with its public comments, oldest first.
public struct PortalTicket: HTTPFunction {
    /// How many comments come with a ticket unless `?limit=` says otherwise.
    static let commentsDefault = PageRequest.limitMax

    private let portal: Portal

    /// Prepares the function.
    public init(app: AppContext) async throws { portal = try await Portal(app: app) }

    /// Answers 200 with the ticket, `comments` and `comments_next_cursor` (for `?cursor=`), or 404 for every ticket that the
    /// session may not see, whether it exists or not.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await portal.answer(request, context, session: .permission(.ticketsView)) { session in
            guard let id = request.routeValues["id"], let ticket = try await TicketScope(session).ticket(id) else {
                throw HTTPError.notFoundHere
            }
            let isLimited = request.queryValue("limit") != nil
            let comments = try await PageRequest(request).run { page in
                try await session.store.collection(.ticketComments).storedPage(
                    index: "by_ticket",
                    equals: [.text(ticket.id), true],
                    limit: isLimited ? page.limit : Self.commentsDefault,
                    cursor: page.cursor
                )
            }
            return try .json(TicketView(ticket: ticket, comments: comments))
        }
    }
}

/// A ticket with its comments as its reader sees them.
private struct TicketView: Encodable {
    var ticket: Stored<Ticket>
    var comments: StoredPage

    private enum CodingKeys: String, CodingKey {
        case comments
        case nextCursor = "comments_next_cursor"
    }

    func encode(to encoder: any Encoder) throws {
        try ticket.encode(to: encoder)
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(try comments.documents.map { try Stored<TicketComment>($0) }, forKey: .comments)
        try fields.encode(comments.nextCursor, forKey: .nextCursor)
    }
}
