import FunctionKit

/// What the portal sends for a new ticket.
struct NewTicket: Decodable {
    var portalTicketID: String?
    var tenantID: String
    var companyID: String?
    var contactID: String?
    var subject: String
    var description: String?
    var priority: String?

    private enum CodingKeys: String, CodingKey {
        case portalTicketID = "portal_ticket_id"
        case tenantID = "tenant_id"
        case companyID = "company_id"
        case contactID = "contact_id"
        case subject, description, priority
    }
}

/// What the portal sends for a new comment.
struct NewComment: Decodable {
    var portalCommentID: String?
    var authorName: String
    var authorEmail: String?
    var body: String
    var createdAt: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case portalCommentID = "portal_comment_id"
        case authorName = "author_name"
        case authorEmail = "author_email"
        case body
        case createdAt = "created_at"
    }
}

/// What the PSA answers for a ticket.
struct TicketReceipt: Encodable {
    var id: String
    var number: String
    var status: String
    var updatedAt: Timestamp

    init(_ stored: Stored<PSATicket>) {
        id = stored.id
        number = stored.number
        status = stored.status
        updatedAt = stored.updatedAt
    }

    private enum CodingKeys: String, CodingKey {
        case id, number, status
        case updatedAt = "updated_at"
    }
}

/// A ticket in the feed of changes. Fields without a value are there as null.
struct TicketChange: Encodable {
    private let stored: Stored<PSATicket>

    init(_ stored: Stored<PSATicket>) { self.stored = stored }

    private enum CodingKeys: String, CodingKey {
        case id, number
        case portalTicketID = "portal_ticket_id"
        case companyID = "company_id"
        case contactID = "contact_id"
        case subject, description, status, priority
        case updatedAt = "updated_at"
        case comments
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(stored.id, forKey: .id)
        try fields.encode(stored.number, forKey: .number)
        try fields.encode(stored.portalTicketID, forKey: .portalTicketID)
        try fields.encode(stored.companyID, forKey: .companyID)
        try fields.encode(stored.contactID, forKey: .contactID)
        try fields.encode(stored.subject, forKey: .subject)
        try fields.encode(stored.value.description, forKey: .description)
        try fields.encode(stored.status, forKey: .status)
        try fields.encode(stored.priority, forKey: .priority)
        try fields.encode(stored.updatedAt, forKey: .updatedAt)
        try fields.encode(stored.comments.map(CommentChange.init), forKey: .comments)
    }
}

/// A comment in the feed of changes.
struct CommentChange: Encodable {
    private let comment: PSATicket.Comment

    init(_ comment: PSATicket.Comment) { self.comment = comment }

    private enum CodingKeys: String, CodingKey {
        case id
        case portalCommentID = "portal_comment_id"
        case authorName = "author_name"
        case body
        case isPublic = "public"
        case createdAt = "created_at"
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(comment.id, forKey: .id)
        try fields.encode(comment.portalCommentID, forKey: .portalCommentID)
        try fields.encode(comment.authorName, forKey: .authorName)
        try fields.encode(comment.body, forKey: .body)
        try fields.encode(comment.isPublic, forKey: .isPublic)
        try fields.encode(comment.createdAt, forKey: .createdAt)
    }
}

/// A page of the feed of changes.
struct ChangesPage: Encodable {
    var changes: [TicketChange]
    var nextCursor: String
    var hasMore: Bool

    private enum CodingKeys: String, CodingKey {
        case changes
        case nextCursor = "next_cursor"
        case hasMore = "has_more"
    }
}
