public import FunctionKit

/// A person of a client company who can sign in.
public struct PortalUser: Codable, Sendable {
    /// The company that the user belongs to.
    public var companyID: String
    /// The e-mail address, unique in the tenant whatever its case.
    public var email: String
    /// The name to show.
    public var name: String
    /// The phone number.
    public var phone: String?
    /// The mobile number.
    public var mobile: String?
    /// The job title.
    public var title: String?
    /// What the user may see.
    public var role: Role
    /// Whether the user may sign in.
    public var status: Status
    /// The user's id in Hub.
    public var hubUserID: String?
    /// The contact's id in the PSA.
    public var psaContactID: String?
    /// The company's id in the PSA, as the last sign-in said.
    public var psaCompanyID: String?
    /// How often the user has signed in.
    public var loginCount: Int
    /// When the user last signed in.
    public var lastLoginAt: Timestamp?

    /// Makes a user who has not signed in yet.
    public init(
        companyID: String,
        email: String,
        name: String,
        phone: String? = nil,
        role: Role = .user,
        status: Status = .active,
        hubUserID: String? = nil,
        psaContactID: String? = nil,
        psaCompanyID: String? = nil
    ) {
        self.companyID = companyID
        self.email = email
        self.name = name
        self.phone = phone
        self.role = role
        self.status = status
        self.hubUserID = hubUserID
        self.psaContactID = psaContactID
        self.psaCompanyID = psaCompanyID
        self.loginCount = 0
    }

    /// What a user may see: own records, or those of the company.
    public struct Role: RawRepresentable, Codable, Sendable, Hashable {
        /// The text in the document.
        public let rawValue: String
        /// Makes a role from its text.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// Sees own records.
        public static let user = Role(rawValue: "user")
        /// Sees the company's records and manages its team.
        public static let companyAdmin = Role(rawValue: "company_admin")

        /// The role for an access level of the PSA: `own`, `company` or `company_admin`; nil for any other text.
        public init?(accessLevel: String) {
            switch accessLevel {
            case "company_admin": self = .companyAdmin
            case "own", "company": self = .user
            default: return nil
            }
        }
    }

    /// Whether a user may sign in.
    public struct Status: RawRepresentable, Codable, Sendable, Hashable {
        /// The text in the document.
        public let rawValue: String
        /// Makes a status from its text.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// Has been invited and has not chosen a password.
        public static let invited = Status(rawValue: "invited")
        /// Can sign in.
        public static let active = Status(rawValue: "active")
        /// Cannot sign in.
        public static let disabled = Status(rawValue: "disabled")
    }

    private enum CodingKeys: String, CodingKey {
        case companyID = "company_id"
        case email
        case name
        case phone
        case mobile
        case title
        case role
        case status
        case hubUserID = "hub_user_id"
        case psaContactID = "psa_contact_id"
        case psaCompanyID = "psa_company_id"
        case loginCount = "login_count"
        case lastLoginAt = "last_login_at"
    }

    /// Decodes a document; only `company_id` and `email` must be there.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        companyID = try fields.decode(String.self, forKey: .companyID)
        email = try fields.decode(String.self, forKey: .email)
        name = try fields.value(.name, or: email)
        phone = try fields.decodeIfPresent(String.self, forKey: .phone)
        mobile = try fields.decodeIfPresent(String.self, forKey: .mobile)
        title = try fields.decodeIfPresent(String.self, forKey: .title)
        role = try fields.value(.role, or: .user)
        status = try fields.value(.status, or: .active)
        hubUserID = try fields.identifier(.hubUserID)
        psaContactID = try fields.identifier(.psaContactID)
        psaCompanyID = try fields.identifier(.psaCompanyID)
        loginCount = try fields.value(.loginCount, or: 0)
        lastLoginAt = try fields.decodeIfPresent(Timestamp.self, forKey: .lastLoginAt)
    }
}

extension CollectionDefinition where Document == PortalUser {
    /// The users of a tenant.
    public static var users: CollectionDefinition<PortalUser> { usersDefinition }
}

private let usersDefinition = CollectionDefinition<PortalUser>(
    "users",
    indexes: [
        IndexDefinition("by_email", on: [.init("email", ignoresCase: true)], unique: true),
        IndexDefinition("by_hub_user", on: ["hub_user_id"], unique: true),
        IndexDefinition("by_psa_contact", on: ["psa_contact_id"]),
        IndexDefinition("by_company", on: ["company_id", .init("name", ignoresCase: true)]),
    ],
    sharesDecoded: true
)
