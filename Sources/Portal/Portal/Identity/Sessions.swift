import Crypto
public import FunctionKit

/// Begins, recognises and ends sessions.
///
/// The cookie is a token signed with the session secret; its id points at a record in the tenant's `sessions`, which the
/// store drops after ``lifetime``. A session is worth what the store says at each request: the tenant must be active, the
/// user active and still of the company that signed in, and the record there.
public struct Sessions: Sendable {
    /// How long a session lasts.
    public static let lifetime = Duration.seconds(86_400)
    /// The cookie's name.
    public static let cookieName = "portal_session"
    /// The cookie that makes a browser forget the session.
    public static let clearingCookie = "portal_session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"
    /// The most bytes of a `User-Agent` that are kept.
    static let userAgentBytesMax = 256

    let app: AppContext
    let tenants: TenantDirectory
    let secret: SessionSecret
    private let tokens: SessionTokens

    init(app: AppContext, tenants: TenantDirectory, secret: SessionSecret) {
        (self.app, self.tenants, self.secret) = (app, tenants, secret)
        tokens = SessionTokens(secret: secret)
    }

    /// Adds a new session to a transaction.
    ///
    /// - Parameters:
    ///   - method: how the user signed in, for the record: `hub_sso`.
    ///   - request: where the sign-in came from.
    /// - Returns: the value of the `Set-Cookie` header to answer with once the transaction has committed.
    public func begin(
        user userID: String,
        company companyID: String,
        tenant: Tenant,
        method: String,
        request: HTTPRequest,
        in transaction: inout Transaction
    ) async throws -> String {
        let id = base64URLText(app.random.bytes(32))
        let now = app.clock.now
        let record = SessionRecord(
            userID: userID,
            companyID: companyID,
            method: method,
            remoteAddress: request.remoteAddress,
            userAgent: request.headers["User-Agent"].map { String($0.prefix(Self.userAgentBytesMax)) }
        )
        try transaction.create(record, id: SessionTokens.recordID(id), in: .sessions, expiresAt: now + Self.lifetime)
        let claims = SessionClaims(
            jti: id,
            tenant: tenant.slug,
            iat: now.seconds,
            exp: (now + Self.lifetime).seconds
        )
        let token = try JSONWebToken.sign(claims, key: try await secret.key())
        return "\(Self.cookieName)=\(token); Path=/; Max-Age=86400; HttpOnly; Secure; SameSite=Lax"
    }

    /// The session of a request.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 401 `Session expired`, whatever it is that is wrong with the session.
    public func resume(_ request: HTTPRequest) async throws -> PortalSession {
        guard let reference = try await reference(of: request) else { throw HTTPError.sessionExpired }
        let store = try tenants.store(of: reference.tenant)
        guard let record = try await store.collection(.sessions).get(reference.recordID),
            let user = try await store.collection(.users).get(record.userID),
            user.status == .active, user.companyID == record.companyID,
            let company = try await store.collection(.companies).get(record.companyID), company.isActive
        else { throw HTTPError.sessionExpired }
        let expiresAt = min(reference.expiresAt, record.expiresAt ?? reference.expiresAt)
        return PortalSession(
            tenant: reference.tenant,
            company: company,
            user: user,
            store: store,
            expiresAt: expiresAt
        )
    }

    /// Ends the session of a request; nothing happens when it has none that lives.
    ///
    /// - Returns: whose session it was, for the audit log.
    @discardableResult
    public func end(_ request: HTTPRequest) async throws -> (store: TenantStore, record: SessionRecord)? {
        guard let reference = try await reference(of: request) else { return nil }
        let store = try tenants.store(of: reference.tenant)
        let sessions = store.collection(.sessions)
        guard let record = try await sessions.get(reference.recordID) else { return nil }
        try await sessions.delete(reference.recordID)
        return (store, record.value)
    }

    /// Ends every session of a user.
    ///
    /// - Returns: how many there were.
    @discardableResult
    public func endAll(of userID: String, in store: TenantStore) async throws -> Int {
        let sessions = store.collection(.sessions)
        var count = 0
        try await sessions.forEach(index: "by_user", equals: [.text(userID)]) { session in
            try await sessions.delete(session.id)
            count += 1
        }
        return count
    }

    private struct Reference {
        var tenant: Tenant
        var recordID: String
        var expiresAt: Timestamp
    }

    /// Where the cookie points, if its signature and time are right and its tenant active.
    private func reference(of request: HTTPRequest) async throws -> Reference? {
        guard let cookie = request.cookie(Self.cookieName), let claims = try await tokens.claims(of: cookie),
            claims.expiresAt > app.clock.now, let tenant = try await tenants.active(slug: claims.tenantSlug)
        else { return nil }
        return Reference(tenant: tenant, recordID: claims.recordID, expiresAt: claims.expiresAt)
    }
}

private struct SessionClaims: Encodable {
    var jti: String
    var tenant: String
    var iat: Int64
    var exp: Int64
}
