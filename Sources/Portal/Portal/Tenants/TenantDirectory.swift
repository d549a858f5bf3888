public import FunctionKit

/// Finds tenants by slug, id or domain.
///
/// A suspended tenant is not found by any of these, so nothing can be done in its name.
public struct TenantDirectory: Sendable {
    private let app: AppContext
    private let tenants: DocumentCollection<Tenant>
    private let domains: TenantDomains

    init(app: AppContext) throws {
        self.app = app
        tenants = try Portal.systemStore(app).collection(.tenants)
        domains = TenantDomains(clock: app.clock, tenants: tenants)
    }

    /// The active tenant of this slug; nil when there is none. Read from the store every time.
    public func active(slug: String) async throws -> Tenant? {
        guard (try? app.store.tenant(slug)) != nil else { return nil }
        guard let tenant = try await tenants.get(slug)?.value, tenant.slug == slug else { return nil }
        return tenant.status == .active ? tenant : nil
    }

    /// The active tenant of this slug whose id is `tenantID`; nil when there is none or the two do not belong together.
    public func active(slug: String, tenantID: String) async throws -> Tenant? {
        guard let tenant = try await active(slug: slug), tenant.tenantID == tenantID else { return nil }
        return tenant
    }

    /// The active tenant that the other programs know by this id.
    public func active(tenantID: String) async throws -> Tenant? {
        guard let found = try await tenants.first(index: "by_tenant_id", equals: [.text(tenantID)]) else { return nil }
        return try await active(slug: found.slug)
    }

    /// The active tenant that has this host name among its domains. A changed domain counts within
    /// ``TenantDomains/staleAfter``.
    public func active(domain: String) async throws -> Tenant? {
        guard let slug = try await domains.slug(of: domain) else { return nil }
        return try await active(slug: slug)
    }

    /// The tenant of a request before sign-in: `?tenant=slug`, else the `Host` header's domain.
    public func active(for request: HTTPRequest) async throws -> Tenant? {
        if let slug = request.queryValue("tenant") { return try await active(slug: slug) }
        guard let host = request.headers["Host"] else { return nil }
        return try await active(domain: OriginPolicy.hostName(host))
    }

    /// Every active tenant of an org type, in the order of their slugs, for the timers.
    public func allActive(orgType: Tenant.OrgType) async throws -> [Tenant] {
        var result: [Tenant] = []
        try await tenants.forEach { stored in
            let isUsable = stored.status == .active && stored.orgType == orgType && stored.slug == stored.id
            if isUsable, (try? app.store.tenant(stored.slug)) != nil { result.append(stored.value) }
        }
        return result
    }

    /// The documents of a tenant.
    public func store(of tenant: Tenant) throws -> TenantStore { try app.store.tenant(tenant.slug) }
}
