package import FunctionKit

/// Somebody whom the Hub can sign in. The document's id is a short name for URLs: `dana`.
package struct Person: Codable, Sendable {
    package var hubUserID: String
    package var name: String
    package var email: String
    package var phone: String
    package var tenantID: String
    package var tenantSlug: String
    /// The portal's client.
    package var clientID: String
    /// `own`, `company` or `company_admin`.
    package var accessLevel: String
    package var psaContactID: String
    package var psaCompanyID: String
    package var companyName: String

    private enum CodingKeys: String, CodingKey {
        case hubUserID = "hub_user_id"
        case name, email, phone
        case tenantID = "tenant_id"
        case tenantSlug = "tenant_slug"
        case clientID = "client_id"
        case accessLevel = "access_level"
        case psaContactID = "psa_contact_id"
        case psaCompanyID = "psa_company_id"
        case companyName = "company_name"
    }
}

extension CollectionDefinition where Document == Person {
    /// The people of all tenants.
    package static var people: CollectionDefinition<Person> { CollectionDefinition("people") }
}
