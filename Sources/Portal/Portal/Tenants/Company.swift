public import FunctionKit

/// A client of the MSP.
public struct Company: Codable, Sendable {
    /// What people call it.
    public var name: String
    /// Where the MSP writes to.
    public var contactEmail: String?
    /// Its id in the PSA.
    public var psaCompanyID: String?
    /// Its id in Books.
    public var booksClientID: String?
    /// `active` unless staff changed it.
    public var status: String

    /// Makes a company.
    public init(
        name: String,
        contactEmail: String? = nil,
        psaCompanyID: String? = nil,
        booksClientID: String? = nil,
        status: String = "active"
    ) {
        self.name = name
        self.contactEmail = contactEmail
        self.psaCompanyID = psaCompanyID
        self.booksClientID = booksClientID
        self.status = status
    }

    /// False when staff took the company out of use; its users cannot sign in then.
    public var isActive: Bool { !["disabled", "inactive", "suspended"].contains(status) }

    private enum CodingKeys: String, CodingKey {
        case name
        case contactEmail = "contact_email"
        case psaCompanyID = "psa_company_id"
        case booksClientID = "books_client_id"
        case status
    }

    /// Decodes a document; every field may be absent.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        name = try fields.value(.name, or: "")
        contactEmail = try fields.decodeIfPresent(String.self, forKey: .contactEmail)
        psaCompanyID = try fields.identifier(.psaCompanyID)
        booksClientID = try fields.identifier(.booksClientID)
        status = try fields.value(.status, or: "active")
    }
}

extension CollectionDefinition where Document == Company {
    /// The companies of a tenant.
    public static var companies: CollectionDefinition<Company> { companiesDefinition }
}

private let companiesDefinition = CollectionDefinition<Company>(
    "companies",
    indexes: [
        IndexDefinition("by_psa_company", on: ["psa_company_id"], unique: true),
        IndexDefinition("by_books_client", on: ["books_client_id"]),
        IndexDefinition("by_name", on: [.init("name", ignoresCase: true)]),
    ],
    sharesDecoded: true
)
