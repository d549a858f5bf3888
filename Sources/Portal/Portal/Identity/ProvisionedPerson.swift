/// A client user as Hub or the PSA describes one.
public struct ProvisionedPerson: Sendable {
    /// The e-mail address; empty for somebody of whom nothing but an id is known, who can be found and not made.
    public var email: String
    /// The name; nil when the other program does not say.
    public var name: String?
    /// The phone number; nil when the other program does not say.
    public var phone: String?
    /// What the person may see.
    public var role: PortalUser.Role
    /// The id in Hub; nil when the PSA describes the person.
    public var hubUserID: String?
    /// The contact's id in the PSA.
    public var psaContactID: String?
    /// The company: its document's id or its id in the PSA.
    public var companyID: String
    /// The company's id in the PSA, where it is named apart.
    public var psaCompanyID: String?
    /// The company's name; nil when the other program does not say.
    public var companyName: String?

    /// Describes a person.
    public init(
        email: String,
        name: String? = nil,
        phone: String? = nil,
        role: PortalUser.Role,
        hubUserID: String? = nil,
        psaContactID: String? = nil,
        companyID: String,
        psaCompanyID: String? = nil,
        companyName: String? = nil
    ) {
        self.email = email
        self.name = name
        self.phone = phone
        self.role = role
        self.hubUserID = hubUserID
        self.psaContactID = psaContactID
        self.companyID = companyID
        self.psaCompanyID = psaCompanyID
        self.companyName = companyName
    }

    /// Whether a text can be an e-mail address: something on both sides of one `@`, and no space or control character.
    /// Whether it reaches somebody only an e-mail can tell.
    public static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
            && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace }
    }
}
