package import FunctionKit

/// What a technician does in the PSA, by hand on the sandbox's page or in a test.
package struct Technician: Sendable {
    private let psa: PSA

    /// Opens the technician's desk.
    package init(_ sandbox: Sandbox) { psa = PSA(sandbox) }

    /// `POST sandbox/psa/{action}`: `answer`, `note`, `status`, `open` or `access`.
    package func act(_ action: String, _ request: HTTPRequest) async throws -> HTTPResponse {
        switch action {
        case "answer": try await comment(request, isPublic: true)
        case "note": try await comment(request, isPublic: false)
        case "status": try await change(request)
        case "open": try await open(request)
        case "access": try await setAccess(request)
        default: throw HTTPError.missing("action")
        }
    }

    private func comment(_ request: HTTPRequest, isPublic: Bool) async throws -> HTTPResponse {
        struct Input: Decodable {
            var ticketID: String
            var body: String
            var authorName: String?

            enum CodingKeys: String, CodingKey {
                case ticketID = "ticket_id"
                case body
                case authorName = "author_name"
            }
        }
        let input = try await request.decode(Input.self)
        guard !input.body.allSatisfy(\.isWhitespace) else { throw HTTPError.invalid("The 'body' is empty.") }
        let comment = PSATicket.Comment(
            id: psa.sandbox.app.ids.next(),
            authorName: input.authorName ?? "Tess Technician",
            body: input.body,
            isPublic: isPublic,
            createdAt: psa.sandbox.app.clock.now
        )
        return try await update(input.ticketID) { ticket in
            ticket.comments.append(comment)
            if isPublic, ticket.status == "new" { ticket.status = "in_progress" }
        }
    }

    private func change(_ request: HTTPRequest) async throws -> HTTPResponse {
        struct Input: Decodable {
            var ticketID: String
            var status: String?
            var priority: String?
            var subject: String?

            enum CodingKeys: String, CodingKey {
                case ticketID = "ticket_id"
                case status, priority, subject
            }
        }
        let input = try await request.decode(Input.self)
        return try await update(input.ticketID) { ticket in
            if let status = input.status { ticket.status = status }
            if let priority = input.priority { ticket.priority = priority }
            if let subject = input.subject { ticket.subject = subject }
        }
    }

    private func open(_ request: HTTPRequest) async throws -> HTTPResponse {
        struct Input: Decodable {
            var tenantID: String
            var companyID: String
            var contactID: String?
            var subject: String
            var description: String?
            var priority: String?

            enum CodingKeys: String, CodingKey {
                case tenantID = "tenant_id"
                case companyID = "company_id"
                case contactID = "contact_id"
                case subject, description, priority
            }
        }
        let input = try await request.decode(Input.self)
        guard !input.subject.allSatisfy(\.isWhitespace) else { throw HTTPError.invalid("The 'subject' is empty.") }
        let ticket = PSATicket(
            tenantID: input.tenantID,
            number: psa.sandbox.shortName("PSA"),
            companyID: input.companyID,
            contactID: input.contactID,
            subject: input.subject,
            description: input.description ?? "",
            status: "new",
            priority: input.priority ?? "normal",
            comments: []
        )
        return try .json(try await psa.tickets.create(ticket), status: .created)
    }

    /// Tells the portal that a contact may or may no longer use it; the portal's own answer is passed on.
    private func setAccess(_ request: HTTPRequest) async throws -> HTTPResponse {
        struct Input: Decodable {
            var person: String
            var enabled: Bool
        }
        let input = try await request.decode(Input.self)
        guard let person = try await psa.sandbox.store.collection(.people).get(input.person)?.value else {
            throw HTTPError.missing("person")
        }
        let answer = try await psa.sandbox.callPortal(
            "/api/internal/portal-access",
            keySetting: "PSA_SERVICE_KEY",
            AccessChange(person, isEnabled: input.enabled)
        )
        return try .json(answer)
    }

    private func update(_ id: String, _ body: (inout PSATicket) -> Void) async throws -> HTTPResponse {
        guard let stored = try await psa.tickets.update(id, body) else { throw HTTPError.missing("ticket") }
        return try .json(stored)
    }
}

/// What the PSA tells the portal about a contact's access.
private struct AccessChange: Encodable {
    struct Contact: Encodable {
        var id: String
        var email: String
        var name: String
        var phone: String
    }
    struct Company: Encodable {
        var id: String
        var name: String
    }

    var tenantID: String
    var tenantSlug: String
    var isEnabled: Bool
    var accessLevel: String
    var contact: Contact
    var company: Company

    init(_ person: Person, isEnabled: Bool) {
        tenantID = person.tenantID
        tenantSlug = person.tenantSlug
        self.isEnabled = isEnabled
        accessLevel = person.accessLevel
        contact = Contact(id: person.psaContactID, email: person.email, name: person.name, phone: person.phone)
        company = Company(id: person.psaCompanyID, name: person.companyName)
    }

    private enum CodingKeys: String, CodingKey {
        case tenantID = "tenant_id"
        case tenantSlug = "tenant_slug"
        case isEnabled = "enabled"
        case accessLevel = "access_level"
        case contact, company
    }
}
