import FunctionKit
import Portal

/// `POST /portal/tickets`.
struct PSANewTicket: Encodable {
    var portalTicketID: String
    var tenantID: String
    var tenantSlug: String
    var companyID: String
    var contactID: String?
    var subject: String
    var description: String
    var priority: Ticket.Priority
    var createdAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case portalTicketID = "portal_ticket_id"
        case tenantID = "tenant_id"
        case tenantSlug = "tenant_slug"
        case companyID = "company_id"
        case contactID = "contact_id"
        case subject
        case description
        case priority
        case createdAt = "created_at"
    }
}

/// The PSA's answer to a new ticket: 201, or 200 for one that it has already.
struct PSATicketReceipt: Decodable {
    var id: PeerID
    var number: PeerID?
    var status: Ticket.Status?
    var updatedAt: PSATime?

    enum CodingKeys: String, CodingKey {
        case id
        case number
        case status
        case updatedAt = "updated_at"
    }
}

/// `POST /portal/tickets/{id}/comments`.
struct PSANewComment: Encodable {
    var portalCommentID: String
    var authorName: String
    var authorEmail: String?
    var body: String
    var createdAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case portalCommentID = "portal_comment_id"
        case authorName = "author_name"
        case authorEmail = "author_email"
        case body
        case createdAt = "created_at"
    }
}

/// The PSA's answer to a new comment.
struct PSACommentReceipt: Decodable {
    var id: PeerID
}

/// `GET /portal/tickets/changes`.
struct PSAChanges: Decodable, SyncPage {
    var changes: [PSAChange]
    var cursor: PSACursor?
    var hasMore: Bool

    var nextCursor: String? { cursor?.text }

    enum CodingKeys: String, CodingKey {
        case changes
        case cursor = "next_cursor"
        case hasMore = "has_more"
    }
}

/// A ticket as the PSA has it now. Everything but its id and company may be absent, and then stays as it is here.
struct PSAChange: Decodable {
    var id: PeerID
    var number: PeerID?
    var portalTicketID: String?
    var companyID: PeerID
    var contactID: PeerID?
    var subject: String?
    var description: String?
    var status: Ticket.Status?
    var priority: Ticket.Priority?
    var assignee: String?
    var updatedAt: PSATime?
    var comments: [PSAComment]?

    enum CodingKeys: String, CodingKey {
        case id
        case number
        case portalTicketID = "portal_ticket_id"
        case companyID = "company_id"
        case contactID = "contact_id"
        case subject
        case description
        case status
        case priority
        case assignee
        case updatedAt = "updated_at"
        case comments
    }
}

/// A comment as the PSA has it.
struct PSAComment: Decodable {
    var id: PeerID
    var portalCommentID: String?
    var authorName: String?
    var body: String
    var isPublic: Bool
    var createdAt: PSATime?

    enum CodingKeys: String, CodingKey {
        case id
        case portalCommentID = "portal_comment_id"
        case authorName = "author_name"
        case body
        case isPublic = "public"
        case createdAt = "created_at"
    }
}

/// A time of the PSA. One that cannot be read is no time, because a whole page must not hang on it.
struct PSATime: Decodable {
    var moment: Timestamp?

    init(from decoder: any Decoder) throws {
        moment = try? Timestamp(from: decoder)
    }
}

/// The PSA's cursor: whatever it sends, kept as text and handed back.
struct PSACursor: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            text = String(number)
        } else {
            text = try container.decode(String.self)
        }
    }
}
