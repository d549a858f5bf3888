import FunctionKit

/// A session as its user sees it.
public struct SessionView: Encodable, Sendable {
    private struct Person: Encodable {
        var id: String
        var email: String
        var name: String
        var phone: String?
        var mobile: String?
        var title: String?
        var role: PortalUser.Role
    }
    private struct Owner: Encodable {
        var id: String
        var name: String
    }
    private struct Place: Encodable {
        var slug: String
        var name: String
        var orgType: Tenant.OrgType

        enum CodingKeys: String, CodingKey {
            case slug, name
            case orgType = "org_type"
        }
    }

    private var user: Person
    private var company: Owner
    private var tenant: Place
    private var permissions: [Permission]
    private var expiresAt: Timestamp

    private enum CodingKeys: String, CodingKey {
        case user, company, tenant, permissions
        case expiresAt = "expires_at"
    }

    /// Makes the view; permissions are in alphabetical order.
    public init(_ session: PortalSession) {
        let user = session.user
        self.user = Person(
            id: user.id,
            email: user.email,
            name: user.name,
            phone: user.phone,
            mobile: user.mobile,
            title: user.title,
            role: user.role
        )
        company = Owner(id: session.company.id, name: session.company.name)
        tenant = Place(slug: session.tenant.slug, name: session.tenant.name, orgType: session.tenant.orgType)
        permissions = session.permissions.sorted()
        expiresAt = session.expiresAt
    }
}
