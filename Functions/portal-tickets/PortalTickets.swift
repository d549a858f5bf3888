public import FunctionKit
import Portal

/// `GET /api/portal/tickets` lists, `POST /api/portal/tickets` opens a ticket.
public struct PortalTickets: HTTPFunction {
    private let portal: Portal
    private let numbers = TicketNumbers()

    /// Prepares the function.
    public init(app: AppContext) async throws { portal = try await Portal(app: app) }

    /// A user sees the own tickets, a company admin those of the company; `?status=` and `?q=` narrow the list.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        let permission: Permission = request.method == .post ? .ticketsCreate : .ticketsView
        return try await portal.answer(request, context, session: .permission(permission)) { session in
            if request.method == .post {
                try await create(try await request.decode(NewTicket.self, limit: NewTicket.bodyBytesMax), session)
            } else {
                try await list(request, session)
            }
        }
    }

    private func list(_ request: HTTPRequest, _ session: PortalSession) async throws -> HTTPResponse {
        let status = try filter("status", of: request, bytesMax: 64)
        let search = try filter("q", of: request, bytesMax: TicketScope.searchBytesMax)
        let scope = TicketScope(session)
        let page = try await PageRequest(request).run { page in
            if let search {
                return try await scope.search(search, status: status, limit: page.limit, cursor: page.cursor)
            }
            return try await scope.page(status: status, limit: page.limit, cursor: page.cursor)
        }
        return .page(page)
    }

    private func filter(_ name: String, of request: HTTPRequest, bytesMax: Int) throws -> String? {
        guard let text = request.queryValue(name), !text.isEmpty else { return nil }
        guard text.utf8.count <= bytesMax else {
            throw HTTPError.invalidParameter(name, "has more than \(bytesMax) bytes.")
        }
        return text
    }

    private func create(_ new: NewTicket, _ session: PortalSession) async throws -> HTTPResponse {
        var ticket = Ticket(
            number: nil,
            companyID: session.company.id,
            userID: session.user.id,
            subject: try NewTicket.subjectRule.apply(new.subject, to: "subject"),
            description: try NewTicket.descriptionRule.apply(new.description, to: "description"),
            priority: try new.validPriority()
        )
        ticket.number = try await numbers.next(in: session.store)
        let stored = try await session.store.collection(.tickets).create(ticket)
        return try .json(stored, status: .created)
    }
}

/// The body of a new ticket.
private struct NewTicket: Decodable {
    /// Room for a description whose every byte is escaped.
    static let bodyBytesMax = 256 << 10
    static let subjectRule = TextRule.line(bytesMax: 300)
    static let descriptionRule = TextRule.lines(bytesMax: 32 << 10)

    var subject: String
    var description: String
    var priority: String?

    func validPriority() throws -> Ticket.Priority {
        guard let priority else { return .normal }
        guard let choice = Ticket.Priority.choices.first(where: { $0.rawValue == priority }) else {
            let names = Ticket.Priority.choices.map(\.rawValue).joined(separator: ", ")
            throw HTTPError.invalidField("priority", "must be one of: \(names).")
        }
        return choice
    }
}
