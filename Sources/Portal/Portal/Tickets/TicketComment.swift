public import FunctionKit

/// A comment on a ticket. Comments are only ever added.
public struct TicketComment: Codable, Sendable, Hashable {
    /// The ticket that it belongs to.
    public var ticketID: String
    /// Who wrote it, as it is shown.
    public var authorName: String
    /// The author's e-mail address, where known.
    public var authorEmail: String?
    /// The user who wrote it; nil for a technician.
    public var userID: String?
    /// The text.
    public var body: String
    /// Whether clients see it.
    public var isPublic: Bool
    /// Where it was written.
    public var origin: RecordOrigin
    /// Its id in the PSA; nil until the PSA has it.
    public var psaCommentID: String?
    /// When it was written; the document's own time is when the portal came to know it.
    public var authoredAt: Timestamp?
    /// Whether the PSA has it.
    public var sync: RecordSync

    /// Makes a comment.
    public init(
        ticketID: String,
        authorName: String,
        authorEmail: String? = nil,
        userID: String? = nil,
        body: String,
        origin: RecordOrigin,
        psaCommentID: String? = nil,
        authoredAt: Timestamp,
        sync: RecordSync = .pending
    ) {
        self.ticketID = ticketID
        self.authorName = authorName
        self.authorEmail = authorEmail
        self.userID = userID
        self.body = body
        self.isPublic = true
        self.origin = origin
        self.psaCommentID = psaCommentID
        self.authoredAt = authoredAt
        self.sync = sync
    }

    private enum CodingKeys: String, CodingKey {
        case ticketID = "ticket_id"
        case authorName = "author_name"
        case authorEmail = "author_email"
        case userID = "user_id"
        case body
        case isPublic = "public"
        case origin
        case psaCommentID = "psa_comment_id"
        case authoredAt = "authored_at"
        case sync
    }

    /// Decodes a document; only `ticket_id` must be there, and what does not say that it is public is not.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        ticketID = try fields.decode(String.self, forKey: .ticketID)
        authorName = try fields.value(.authorName, or: "")
        authorEmail = try fields.decodeIfPresent(String.self, forKey: .authorEmail)
        userID = try fields.identifier(.userID)
        body = try fields.value(.body, or: "")
        isPublic = try fields.value(.isPublic, or: false)
        origin = try fields.value(.origin, or: .portal)
        psaCommentID = try fields.identifier(.psaCommentID)
        authoredAt = try fields.decodeIfPresent(Timestamp.self, forKey: .authoredAt)
        sync = try fields.value(.sync, or: psaCommentID == nil ? .pending : .synced(at: nil))
    }

    /// Encodes every field, null where there is nothing.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(ticketID, forKey: .ticketID)
        try fields.encode(authorName, forKey: .authorName)
        try fields.encode(authorEmail, forKey: .authorEmail)
        try fields.encode(userID, forKey: .userID)
        try fields.encode(body, forKey: .body)
        try fields.encode(isPublic, forKey: .isPublic)
        try fields.encode(origin, forKey: .origin)
        try fields.encode(psaCommentID, forKey: .psaCommentID)
        try fields.encode(authoredAt, forKey: .authoredAt)
        try fields.encode(sync, forKey: .sync)
    }
}

extension CollectionDefinition where Document == TicketComment {
    /// The comments on a tenant's tickets.
    public static var ticketComments: CollectionDefinition<TicketComment> { ticketCommentsDefinition }
}

private let ticketCommentsDefinition = CollectionDefinition<TicketComment>(
    "ticket_comments",
    indexes: [
        IndexDefinition("by_ticket", on: ["ticket_id", "public", "authored_at"]),
        IndexDefinition("by_psa_comment", on: ["ticket_id", "psa_comment_id"], unique: true),
        IndexDefinition("by_sync", on: ["sync.state", "created_at"]),
    ]
)
