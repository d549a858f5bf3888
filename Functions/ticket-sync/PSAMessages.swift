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

    private enum CodingKeys: String, CodingKey {
        case id
        case number
        case status
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = try fields.decode(PeerID.self, forKey: .id)
        number = try? fields.peerID(.number)
        status = try? fields.decodeIfPresent(Ticket.Status.self, forKey: .status)
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
    /// The changes in order. One that cannot be read does not keep the others away.
    var entries: [PSAEntry]
    var cursor: PSACursor?
    var hasMore: Bool

    var nextCursor: String? { cursor?.text }

    enum CodingKeys: String, CodingKey {
        case entries = "changes"
        case cursor = "next_cursor"
        case hasMore = "has_more"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        entries = try fields.decode([PSAEntry].self, forKey: .entries)
        cursor = try fields.decodeIfPresent(PSACursor.self, forKey: .cursor)
        hasMore = try fields.decodeIfPresent(Bool.self, forKey: .hasMore) ?? false
    }
}

/// One element of a page: a change, or something that is none.
enum PSAEntry: Decodable {
    case change(PSAChange)
    /// The ticket's id, where there is one.
    case unreadable(id: String?)

    init(from decoder: any Decoder) throws {
        do {
            self = .change(try PSAChange(from: decoder))
        } catch {
            let fields = try? decoder.container(keyedBy: PSAChange.CodingKeys.self)
            self = .unreadable(id: (try? fields?.decode(PeerID.self, forKey: .id))?.description)
        }
    }
}

/// A ticket as the PSA has it now. Everything but its id may be absent, and then stays as it is here; a ticket that is new
/// to us and names no company is nobody's.
struct PSAChange: Decodable {
    var id: PeerID
    var number: PeerID?
    var portalTicketID: PeerID?
    var companyID: PeerID?
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

    /// Refuses a change only for what says which ticket it is; a field of another type counts as absent, since the ticket's
    /// other news must not hang on it.
    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = try fields.decode(PeerID.self, forKey: .id)
        portalTicketID = try fields.peerID(.portalTicketID)
        companyID = try fields.peerID(.companyID)
        contactID = try? fields.peerID(.contactID)
        number = try? fields.peerID(.number)
        subject = try? fields.decodeIfPresent(String.self, forKey: .subject)
        description = try? fields.decodeIfPresent(String.self, forKey: .description)
        status = try? fields.decodeIfPresent(Ticket.Status.self, forKey: .status)
        priority = try? fields.decodeIfPresent(Ticket.Priority.self, forKey: .priority)
        assignee = try? fields.decodeIfPresent(String.self, forKey: .assignee)
        updatedAt = try fields.decodeIfPresent(PSATime.self, forKey: .updatedAt)
        comments = try fields.decodeIfPresent([PSAComment].self, forKey: .comments)
    }
}

/// A comment as the PSA has it. One that does not say that it is public is not.
struct PSAComment: Decodable {
    var id: PeerID
    var portalCommentID: PeerID?
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

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = try fields.decode(PeerID.self, forKey: .id)
        portalCommentID = try fields.peerID(.portalCommentID)
        authorName = try? fields.decodeIfPresent(String.self, forKey: .authorName)
        body = try fields.decodeIfPresent(String.self, forKey: .body) ?? ""
        isPublic = try fields.decodeIfPresent(Bool.self, forKey: .isPublic) ?? false
        createdAt = try fields.decodeIfPresent(PSATime.self, forKey: .createdAt)
    }
}

extension KeyedDecodingContainer {
    /// An id that may be absent; null and the empty text say the same.
    fileprivate func peerID(_ key: Key) throws -> PeerID? {
        guard contains(key), try !decodeNil(forKey: key), (try? decode(String.self, forKey: key))?.isEmpty != true
        else {
            return nil
        }
        return try decode(PeerID.self, forKey: key)
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
