public import FunctionKit

/// What Legal sends to `signing-push`, checked field by field.
public struct SigningPushRequest: Decodable, Sendable {
    /// The tenant.
    public var tenantSlug: String
    /// The policy.
    public var policy: Content
    /// Who is to sign it.
    public var assignees: Assignees

    /// The policy as Legal describes it.
    public struct Content: Decodable, Sendable {
        /// Legal's id.
        public var id: String
        /// Its version.
        public var version: PolicyVersion
        /// The title.
        public var title: String
        /// The text.
        public var bodyHTML: String
        /// `draft` or `published`.
        public var status: Policy.Status
        /// When it was issued.
        public var issuedAt: Timestamp?
        /// When it has to be signed.
        public var dueAt: Timestamp?

        private enum CodingKeys: String, CodingKey {
            case id
            case version
            case title
            case bodyHTML = "body_html"
            case status
            case issuedAt = "issued_at"
            case dueAt = "due_at"
        }

        /// Decodes; the id may be a number.
        public init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            id = try fields.identifier(.id) ?? ""
            version = try fields.decode(PolicyVersion.self, forKey: .version)
            title = try fields.decode(String.self, forKey: .title)
            bodyHTML = try fields.decode(String.self, forKey: .bodyHTML)
            status = try fields.decode(Policy.Status.self, forKey: .status)
            issuedAt = try fields.decodeIfPresent(Timestamp.self, forKey: .issuedAt)
            dueAt = try fields.decodeIfPresent(Timestamp.self, forKey: .dueAt)
        }
    }

    /// Companies and people; either list may be absent.
    public struct Assignees: Decodable, Sendable {
        /// Ids of companies, the portal's or the PSA's.
        public var companyIDs: [String]
        /// E-mail addresses of users.
        public var emails: [String]

        private enum CodingKeys: String, CodingKey {
            case companyIDs = "company_ids"
            case emails
        }

        /// Decodes; an id may be a number.
        public init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            companyIDs = try fields.value(.companyIDs, or: [PeerID]()).map(\.description)
            emails = try fields.value(.emails, or: [])
        }
    }

    private enum CodingKeys: String, CodingKey {
        case tenantSlug = "tenant_slug"
        case policy
        case assignees
    }

    /// The most bytes of the whole request: 3 MiB.
    public static let bytesMax = 3 << 20
    /// The most bytes of a policy's id.
    public static let policyIDBytesMax = 100
    /// The most characters of a title.
    public static let titleCharactersMax = 200
    /// The most bytes of a policy's text: 1 MiB.
    public static let bodyBytesMax = 1 << 20
    /// The most companies and the most addresses of one push.
    public static let assigneesMax = 5000

    /// Checks what decoding cannot.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 400 that names the field and its rule.
    public func validate() throws(HTTPError) {
        guard isPolicyName(policy.id, bytesMax: Self.policyIDBytesMax) else {
            throw .invalidField("policy.id", "must have 1 to \(Self.policyIDBytesMax) of A-Z a-z 0-9 . _ -.")
        }
        let title = policy.title.filter { !$0.isWhitespace }
        guard !title.isEmpty, policy.title.count <= Self.titleCharactersMax else {
            throw .invalidField("policy.title", "must have 1 to \(Self.titleCharactersMax) characters.")
        }
        guard (1...Self.bodyBytesMax).contains(policy.bodyHTML.utf8.count) else {
            throw .invalidField("policy.body_html", "must have 1 to \(Self.bodyBytesMax) bytes.")
        }
        for (name, list) in [("company_ids", assignees.companyIDs), ("emails", assignees.emails)] {
            guard list.count <= Self.assigneesMax else {
                throw .invalidField("assignees.\(name)", "must have at most \(Self.assigneesMax) entries.")
            }
            guard list.allSatisfy({ (1...256).contains($0.utf8.count) }) else {
                throw .invalidField("assignees.\(name)", "must have entries of 1 to 256 bytes.")
            }
        }
    }
}
