public import FunctionKit

/// One MSP, or one mission: the owner of everything below it. Its document id is its slug.
public struct Tenant: Codable, Sendable {
    /// The id that the other programs know it by.
    public var tenantID: String
    /// The name that routes requests and store accesses: `acme-msp`.
    public var slug: String
    /// What people call it.
    public var name: String
    /// `msp` or `mission`.
    public var orgType: OrgType
    /// `active` or `suspended`.
    public var status: Status
    /// The host names under which its portal is reached.
    public var domains: [String]

    /// Makes a tenant.
    public init(
        tenantID: String,
        slug: String,
        name: String,
        orgType: OrgType = .msp,
        status: Status = .active,
        domains: [String] = []
    ) {
        self.tenantID = tenantID
        self.slug = slug
        self.name = name
        self.orgType = orgType
        self.status = status
        self.domains = domains
    }

    /// Whether the portal serves an MSP's clients or a nonprofit's members.
    public struct OrgType: RawRepresentable, Codable, Sendable, Hashable {
        /// The text in the document.
        public let rawValue: String
        /// Makes a type from its text.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// A managed service provider.
        public static let msp = OrgType(rawValue: "msp")
        /// A nonprofit.
        public static let mission = OrgType(rawValue: "mission")
    }

    /// Whether the tenant may be used.
    public struct Status: RawRepresentable, Codable, Sendable, Hashable {
        /// The text in the document.
        public let rawValue: String
        /// Makes a status from its text.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// In use.
        public static let active = Status(rawValue: "active")
        /// Nobody of the tenant can sign in, and nothing is synchronised.
        public static let suspended = Status(rawValue: "suspended")
    }

    private enum CodingKeys: String, CodingKey {
        case tenantID = "tenant_id"
        case slug
        case name
        case orgType = "org_type"
        case status
        case domains
    }

    /// Decodes a document; only `tenant_id` and `slug` must be there.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        slug = try fields.decode(String.self, forKey: .slug)
        tenantID = try fields.identifier(.tenantID) ?? slug
        name = try fields.value(.name, or: slug)
        orgType = try fields.value(.orgType, or: .msp)
        status = try fields.value(.status, or: .active)
        domains = try fields.value(.domains, or: [])
    }
}

extension CollectionDefinition where Document == Tenant {
    /// The tenants, in the system partition.
    public static var tenants: CollectionDefinition<Tenant> { tenantsDefinition }
}

private let tenantsDefinition = CollectionDefinition<Tenant>(
    "tenants",
    indexes: [IndexDefinition("by_tenant_id", on: ["tenant_id"], unique: true)],
    sharesDecoded: true
)
