import FoundationEssentials
package import FunctionKit

/// The PSA's API towards the portal (portal.md, section 3).
package struct PSA: Sendable {
    let sandbox: Sandbox

    /// Opens the PSA.
    package init(_ sandbox: Sandbox) { self.sandbox = sandbox }

    var tickets: DocumentCollection<PSATicket> { sandbox.store.collection(.psaTickets) }

    /// `POST portal/tickets`: 201 with a new ticket, 200 with the same one for a repeated key.
    package func createTicket(_ request: HTTPRequest) async throws -> HTTPResponse {
        let body = try await request.body.collect()
        let key = try IdempotentRequest(request, body: body)
        let input: NewTicket = try decoded(body)
        guard !input.subject.allSatisfy(\.isWhitespace), !input.tenantID.isEmpty else {
            throw HTTPError.invalid("A ticket needs a 'tenant_id' and a 'subject'.")
        }
        let ticket = PSATicket(
            tenantID: input.tenantID,
            number: sandbox.shortName("PSA"),
            portalTicketID: input.portalTicketID,
            companyID: input.companyID,
            contactID: input.contactID,
            subject: input.subject,
            description: input.description ?? "",
            status: "new",
            priority: input.priority ?? "normal",
            comments: []
        )
        let result = try await sandbox.once(key) { try $0.create(ticket, in: .psaTickets) }
        guard let stored = try await tickets.get(result.id) else { throw HTTPError.missing("ticket") }
        return try .json(TicketReceipt(stored), status: result.status)
    }

    /// `POST portal/tickets/{id}/comments`: 201 or, repeated, 200 with the comment's id.
    package func addComment(_ request: HTTPRequest) async throws -> HTTPResponse {
        struct Receipt: Encodable { var id: String }
        let body = try await request.body.collect()
        let key = try IdempotentRequest(request, body: body)
        let input: NewComment = try decoded(body)
        let ticketID = request.routeValues["id"] ?? ""
        let comment = PSATicket.Comment(
            id: sandbox.app.ids.next(),
            portalCommentID: input.portalCommentID,
            authorName: input.authorName,
            authorEmail: input.authorEmail,
            body: input.body,
            isPublic: true,
            createdAt: input.createdAt ?? sandbox.app.clock.now
        )
        let result = try await sandbox.once(key) { transaction in
            guard let stored = try await transaction.get(ticketID, from: .psaTickets) else {
                throw HTTPError.missing("ticket")
            }
            var ticket = stored.value
            ticket.comments.append(comment)
            try transaction.replace(stored, with: ticket, in: .psaTickets)
            return comment.id
        }
        return try .json(Receipt(id: result.id), status: result.status)
    }

    /// `GET portal/tickets/changes`: the tickets of a tenant that changed behind a cursor.
    package func changes(_ request: HTTPRequest) async throws -> HTTPResponse {
        let page = try await tickets.changes(for: request)
        return try .json(
            ChangesPage(changes: page.items.map(TicketChange.init), nextCursor: page.nextCursor, hasMore: page.hasMore)
        )
    }
}

/// Reads a body as JSON.
///
/// - Throws: ``FunctionKit/HTTPError`` 400 when it is not JSON of this shape.
func decoded<Value: Decodable>(_ body: [UInt8]) throws -> Value {
    do {
        return try JSONDecoder().decode(Value.self, from: Data(body))
    } catch {
        throw HTTPError.invalid("The body is not JSON of the expected shape.")
    }
}

extension Sandbox {
    /// A name for people, such as `PSA-4K7Q2M`.
    func shortName(_ prefix: String) -> String {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
        let digits = app.random.bytes(6).map { alphabet[Int($0 & 31)] }
        return "\(prefix)-\(String(decoding: digits, as: UTF8.self))"
    }
}
