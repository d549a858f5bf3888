import FunctionKit

/// Which web pages may call the portal (CORS), and which requests with a session cookie are forged (CSRF).
struct OriginPolicy: Sendable {
    /// Where a request says that it comes from.
    enum Source: Sendable, Hashable {
        /// No `Origin`: no browser, or a browser on the portal's own pages.
        case none
        /// An origin that may read the answer. `tenant` is set when it may only because it is that tenant's domain.
        case allowed(String, tenant: String?)
        /// Any other origin.
        case refused
    }

    private let isDevelopment: Bool
    private let allowed: Set<String>
    private let tenants: TenantDirectory

    init(app: AppContext, settings: PortalSettings, tenants: TenantDirectory) {
        isDevelopment = app.environment.isDevelopment
        allowed = settings.allowedOrigins.union(Self.origin(ofURL: settings.baseURL).map { [$0] } ?? [])
        self.tenants = tenants
    }

    /// Looks at `Origin`; repeated headers are refused, since a browser sends one.
    func source(of request: HTTPRequest) async throws -> Source {
        let origins = request.headers.values(of: "Origin")
        guard let written = origins.first else { return .none }
        guard origins.count == 1, let origin = Self.origin(ofURL: written), origin == written.lowercased() else {
            return .refused
        }
        if allowed.contains(origin) || isSameHost(origin, request) { return .allowed(written, tenant: nil) }
        guard origin.hasPrefix("https://") || isDevelopment else { return .refused }
        let host = Self.hostName(Self.authority(origin))
        guard isDevelopment || Self.authority(origin) == host else { return .refused }
        guard let tenant = try await tenants.active(domain: host) else { return .refused }
        return .allowed(written, tenant: tenant.slug)
    }

    /// Refuses an unsafe request that a foreign page sent with the user's cookie.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 403.
    func checkForgery(_ request: HTTPRequest, from source: Source) throws {
        guard !request.method.isSafe, request.cookie(Sessions.cookieName) != nil else { return }
        let isForged =
            if let site = request.headers["Sec-Fetch-Site"] {
                equalsIgnoringASCIICase(site, "cross-site")
            } else {
                source == .refused
            }
        if isForged { throw HTTPError.foreignOrigin }
    }

    /// Refuses a page on one tenant's domain that sends the session of another tenant.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 403.
    func checkTenant(_ tenant: Tenant, from source: Source) throws {
        if case .allowed(_, let owner?) = source, owner != tenant.slug { throw HTTPError.foreignOrigin }
    }

    /// A page may always call the host that it came from.
    private func isSameHost(_ origin: String, _ request: HTTPRequest) -> Bool {
        guard let host = request.headers["Host"] else { return false }
        return Self.authority(origin) == host.lowercased()
    }

    /// Scheme and authority of a URL in lower case; nil when it is no `http` or `https` URL.
    static func origin(ofURL url: String) -> String? {
        let url = url.lowercased()
        guard let scheme = ["https://", "http://"].first(where: { url.hasPrefix($0) }) else { return nil }
        let authority = url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        return scheme + authority
    }

    /// `host:port` of an origin.
    private static func authority(_ origin: String) -> String {
        String(origin.drop { $0 != "/" }.dropFirst(2))
    }

    /// The host without its port, in lower case; an IPv6 address keeps its brackets.
    static func hostName(_ authority: String) -> String {
        let authority = authority.lowercased()
        guard !authority.hasPrefix("[") else { return String(authority.prefix { $0 != "]" }) + "]" }
        return String(authority.prefix { $0 != ":" })
    }
}

extension HTTPError {
    static var foreignOrigin: HTTPError {
        HTTPError(.forbidden, code: "foreign_origin", message: "This page may not act for the signed-in user.")
    }
}
