public import FunctionKit

/// Writes to a tenant's `audit_log`: every sign-in, signature and act of the staff.
public struct AuditLog: Sendable {
    /// Adds an entry to a transaction, so that it is there exactly when the act is.
    public func record(_ entry: AuditEntry, in transaction: inout Transaction) throws {
        try transaction.create(entry, in: .auditLog)
    }

    /// Writes an entry by itself.
    public func record(_ entry: AuditEntry, in store: TenantStore) async throws {
        _ = try await store.collection(.auditLog).create(entry)
    }
}

/// One act, with who did it; its time is the document's `created_at`.
public struct AuditEntry: Codable, Sendable {
    /// What was done: `session.begin`.
    public var action: String
    /// Who did it: `user`, `staff`, or the name of another program.
    public var actorKind: String
    /// The id of who did it; nil for a program.
    public var actorID: String?
    /// The company it concerns.
    public var companyID: String?
    /// The kind of document it was done to: `user`.
    public var subjectKind: String?
    /// The id of that document.
    public var subjectID: String?
    /// Where the request came from.
    public var remoteAddress: String?
    /// What else matters. Never a secret.
    public var details: [String: String]

    /// Makes an entry.
    public init(
        _ action: String,
        actorKind: String,
        actorID: String? = nil,
        companyID: String? = nil,
        subjectKind: String? = nil,
        subjectID: String? = nil,
        remoteAddress: String? = nil,
        details: [String: String] = [:]
    ) {
        self.action = action
        self.actorKind = actorKind
        self.actorID = actorID
        self.companyID = companyID
        self.subjectKind = subjectKind
        self.subjectID = subjectID
        self.remoteAddress = remoteAddress
        self.details = details
    }

    private enum CodingKeys: String, CodingKey {
        case action
        case actorKind = "actor_kind"
        case actorID = "actor_id"
        case companyID = "company_id"
        case subjectKind = "subject_kind"
        case subjectID = "subject_id"
        case remoteAddress = "remote_address"
        case details
    }
}

extension CollectionDefinition where Document == AuditEntry {
    /// The audit log of a tenant.
    public static var auditLog: CollectionDefinition<AuditEntry> { auditLogDefinition }
}

private let auditLogDefinition = CollectionDefinition<AuditEntry>(
    "audit_log",
    indexes: [
        IndexDefinition("by_time", on: ["created_at"]),
        IndexDefinition("by_action", on: ["action", "created_at"]),
        IndexDefinition("by_actor", on: ["actor_id", "created_at"]),
    ]
)
