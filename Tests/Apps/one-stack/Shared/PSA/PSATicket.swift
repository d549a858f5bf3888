package import FunctionKit

/// A ticket as the PSA keeps it.
package struct PSATicket: FeedDocument {
    /// A comment of a ticket.
    package struct Comment: Codable, Sendable {
        package var id: String
        package var portalCommentID: String?
        package var authorName: String
        package var authorEmail: String?
        package var body: String
        /// False for notes that only technicians see.
        package var isPublic: Bool
        package var createdAt: Timestamp

        private enum CodingKeys: String, CodingKey {
            case id
            case portalCommentID = "portal_comment_id"
            case authorName = "author_name"
            case authorEmail = "author_email"
            case body
            case isPublic = "public"
            case createdAt = "created_at"
        }
    }

    package var tenantID: String
    package var number: String
    package var portalTicketID: String?
    package var companyID: String?
    package var contactID: String?
    package var subject: String
    package var description: String
    package var status: String
    package var priority: String
    package var comments: [Comment]

    private enum CodingKeys: String, CodingKey {
        case tenantID = "tenant_id"
        case number
        case portalTicketID = "portal_ticket_id"
        case companyID = "company_id"
        case contactID = "contact_id"
        case subject, description, status, priority, comments
    }
}

extension CollectionDefinition where Document == PSATicket {
    /// The tickets of all tenants.
    package static var psaTickets: CollectionDefinition<PSATicket> {
        CollectionDefinition("psa_tickets", indexes: [IndexDefinition("by_tenant", on: ["tenant_id"])])
    }
}
