public import FunctionKit

/// Signs in the person of a Hub token: user and company are found or made, the session begun and the audit log written in
/// one transaction.
public struct HubSignIn: Sendable {
    private let portal: Portal
    private let tenant: Tenant
    private let store: TenantStore
    private let provisioning: Provisioning

    /// Prepares a sign-in to a tenant.
    public init(_ portal: Portal, tenant: Tenant, logger: Logger) throws {
        self.portal = portal
        self.tenant = tenant
        store = try portal.tenants.store(of: tenant)
        provisioning = Provisioning(store, logger: logger)
    }

    /// Signs the person in.
    ///
    /// - Returns: the `Set-Cookie` value of the new session; nil when the user is disabled or the company out of use.
    public func run(_ person: ProvisionedPerson, request: HTTPRequest) async throws -> String? {
        let begun = try await provisioning.transaction { transaction -> (user: String, cookie: String)? in
            let company = try await provisioning.company(for: person, in: &transaction)
            if let known = try await store.collection(.companies).get(company), !known.isActive { return nil }
            guard let user = try await signedIn(person, company, &transaction) else { return nil }
            let entry = AuditEntry(
                "session.begin",
                actorKind: "user",
                actorID: user,
                companyID: company,
                remoteAddress: request.remoteAddress,
                details: ["method": "hub_sso"]
            )
            try portal.audit.record(entry, in: &transaction)
            let cookie = try await portal.sessions.begin(
                user: user,
                company: company,
                tenant: tenant,
                method: "hub_sso",
                request: request,
                in: &transaction
            )
            return (user, cookie)
        }
        guard let begun else { return nil }
        try await provisioning.attributeTickets(to: begun.user)
        return begun.cookie
    }

    /// Finds or makes the user and counts the sign-in; nil for a disabled one.
    private func signedIn(
        _ person: ProvisionedPerson,
        _ company: String,
        _ transaction: inout Transaction
    ) async throws -> String? {
        let now = portal.app.clock.now
        func count(_ user: inout PortalUser) {
            user.status = .active
            user.loginCount += 1
            user.lastLoginAt = now
        }
        guard let known = try await provisioning.user(matching: person, in: &transaction) else {
            return try await provisioning.create(person, company: company, change: count, in: &transaction)
        }
        guard known.status != .disabled else { return nil }
        var user = try await provisioning.refreshed(known, by: person, company: company)
        count(&user)
        try transaction.replace(known, with: user, in: .users)
        return known.id
    }
}
