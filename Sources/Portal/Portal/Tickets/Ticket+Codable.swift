public import FunctionKit

extension Ticket {
    private enum CodingKeys: String, CodingKey {
        case number
        case companyID = "company_id"
        case userID = "user_id"
        case psaContactID = "psa_contact_id"
        case subject
        case description
        case status
        case priority
        case assignee
        case origin
        case psaTicketID = "psa_ticket_id"
        case psaNumber = "psa_number"
        case psaUpdatedAt = "psa_updated_at"
        case sync
    }

    /// Decodes a document; only `company_id` must be there.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        number = try fields.decodeIfPresent(TicketNumber.self, forKey: .number)
        companyID = try fields.decode(String.self, forKey: .companyID)
        userID = try fields.identifier(.userID)
        psaContactID = try fields.identifier(.psaContactID)
        subject = try fields.value(.subject, or: "")
        description = try fields.value(.description, or: "")
        status = try fields.value(.status, or: .new)
        priority = try fields.value(.priority, or: .normal)
        assignee = try fields.decodeIfPresent(String.self, forKey: .assignee)
        origin = try fields.value(.origin, or: .portal)
        psaTicketID = try fields.identifier(.psaTicketID)
        psaNumber = try fields.identifier(.psaNumber)
        psaUpdatedAt = try fields.decodeIfPresent(Timestamp.self, forKey: .psaUpdatedAt)
        sync = try fields.value(.sync, or: .pending)
    }

    /// Encodes every field, null where there is nothing, so that every ticket has the same shape for its readers.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(number, forKey: .number)
        try fields.encode(companyID, forKey: .companyID)
        try fields.encode(userID, forKey: .userID)
        try fields.encode(psaContactID, forKey: .psaContactID)
        try fields.encode(subject, forKey: .subject)
        try fields.encode(description, forKey: .description)
        try fields.encode(status, forKey: .status)
        try fields.encode(priority, forKey: .priority)
        try fields.encode(assignee, forKey: .assignee)
        try fields.encode(origin, forKey: .origin)
        try fields.encode(psaTicketID, forKey: .psaTicketID)
        try fields.encode(psaNumber, forKey: .psaNumber)
        try fields.encode(psaUpdatedAt, forKey: .psaUpdatedAt)
        try fields.encode(sync, forKey: .sync)
    }
}

extension CollectionDefinition where Document == Ticket {
    /// The tickets of a tenant.
    public static var tickets: CollectionDefinition<Ticket> { ticketsDefinition }
}

private let ticketsDefinition = CollectionDefinition<Ticket>(
    "tickets",
    indexes: [
        IndexDefinition("by_company", on: ["company_id", "created_at"]),
        IndexDefinition("by_company_status", on: ["company_id", "status", "created_at"]),
        IndexDefinition("by_user", on: ["company_id", "user_id", "created_at"]),
        IndexDefinition("by_user_status", on: ["company_id", "user_id", "status", "created_at"]),
        IndexDefinition("by_number", on: ["number"]),
        IndexDefinition("by_psa_contact", on: ["psa_contact_id", "user_id"]),
        IndexDefinition("by_psa_ticket", on: ["psa_ticket_id"], unique: true),
        IndexDefinition("by_sync", on: ["sync.state", "created_at"]),
    ]
)
