public import FunctionKit

/// Who is asking, read from the store for this very request.
public struct PortalSession: Sendable {
    /// The tenant that the session is bound to.
    public let tenant: Tenant
    /// The company that the session is bound to.
    public let company: Stored<Company>
    /// The user.
    public let user: Stored<PortalUser>
    /// The tenant's documents.
    public let store: TenantStore
    /// When the session ends.
    public let expiresAt: Timestamp
    /// What the user's role permits.
    public let permissions: Set<Permission>

    init(tenant: Tenant, company: Stored<Company>, user: Stored<PortalUser>, store: TenantStore, expiresAt: Timestamp) {
        self.tenant = tenant
        self.company = company
        self.user = user
        self.store = store
        self.expiresAt = expiresAt
        permissions = Permission.granted(to: user.role, orgType: tenant.orgType)
    }

    /// Whether the user's role permits this.
    public func may(_ permission: Permission) -> Bool { permissions.contains(permission) }
}

/// What an endpoint asks of the caller.
public struct SessionRequirement: Sendable {
    let permission: Permission?

    /// A live session, whatever its role.
    public static let required = SessionRequirement(permission: nil)

    /// A live session whose role has this permission; 403 without it.
    public static func permission(_ permission: Permission) -> SessionRequirement {
        SessionRequirement(permission: permission)
    }
}
