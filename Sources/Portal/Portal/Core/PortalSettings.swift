public import FunctionKit

/// The portal's app settings, read once (`docs/portal.md` lists them). What is not set is nil.
public struct PortalSettings: Sendable {
    /// Another program of the stack that the portal calls.
    public struct Peer: Sendable {
        /// What people call it: `PSA`.
        public let name: String
        /// The URL below which its paths lie, without a trailing slash.
        public let baseURL: String
        /// The bearer key.
        public let key: Secret
    }

    /// `PORTAL_BASE_URL` without a trailing slash; the host's own URL when it is not set.
    public let baseURL: String
    /// `PORTAL_SESSION_SECRET`; see ``SessionSecret`` for what happens without it.
    public let sessionSecret: Secret?
    /// `PORTAL_CLIENT_SSO_SECRET`.
    public let clientSSOSecret: Secret?
    /// `PORTAL_STAFF_SSO_SECRET`.
    public let staffSSOSecret: Secret?
    /// `PSA_API_URL` with `PSA_SERVICE_KEY`; nil unless both are set.
    public let psa: Peer?
    /// `PSA_SERVICE_KEY` alone, which the PSA shows when it calls the portal.
    public let psaServiceKey: Secret?
    /// `BOOKS_API_URL` with `BOOKS_SERVICE_KEY`; nil unless both are set.
    public let books: Peer?
    /// `MISSION_API_URL` with `MISSION_SERVICE_KEY`; nil unless both are set.
    public let mission: Peer?
    /// `PORTAL_INTEGRATION_KEY`, which Legal shows when it calls the portal.
    public let integrationKey: Secret?
    /// `LEGAL_WEBHOOK_URL`, letter for letter.
    public let legalWebhookURL: String?
    /// `LEGAL_WEBHOOK_SECRET`.
    public let legalWebhookSecret: Secret?
    /// `PORTAL_ALLOWED_ORIGINS`: origins in lower case, separated by commas or spaces in the setting.
    public let allowedOrigins: Set<String>

    /// Reads the settings.
    ///
    /// - Throws: ``PortalConfigurationError`` when a secret still is the text of a Key Vault reference, or a URL is not one.
    public init(_ settings: AppSettings, environment: HostEnvironment) throws(PortalConfigurationError) {
        baseURL = try Self.url("PORTAL_BASE_URL", settings) ?? environment.baseURL
        sessionSecret = try Self.secret("PORTAL_SESSION_SECRET", settings)
        clientSSOSecret = try Self.secret("PORTAL_CLIENT_SSO_SECRET", settings)
        staffSSOSecret = try Self.secret("PORTAL_STAFF_SSO_SECRET", settings)
        psa = try Self.peer("PSA", prefix: "PSA", settings)
        psaServiceKey = try Self.secret("PSA_SERVICE_KEY", settings)
        books = try Self.peer("Books", prefix: "BOOKS", settings)
        mission = try Self.peer("Mission", prefix: "MISSION", settings)
        integrationKey = try Self.secret("PORTAL_INTEGRATION_KEY", settings)
        // The whole address of one endpoint, to which its last slash may belong.
        legalWebhookURL = try Self.url("LEGAL_WEBHOOK_URL", settings).flatMap { _ in settings["LEGAL_WEBHOOK_URL"] }
        legalWebhookSecret = try Self.secret("LEGAL_WEBHOOK_SECRET", settings)
        allowedOrigins = Self.origins(settings["PORTAL_ALLOWED_ORIGINS"] ?? "")
    }

    private static func peer(
        _ name: String,
        prefix: String,
        _ settings: AppSettings
    ) throws(PortalConfigurationError) -> Peer? {
        let url = try url("\(prefix)_API_URL", settings)
        let key = try secret("\(prefix)_SERVICE_KEY", settings)
        guard let url, let key else { return nil }
        guard !url.contains("?") else {
            throw PortalConfigurationError(
                "The app setting \(prefix)_API_URL has a query. Give the URL below which \(name)'s paths lie."
            )
        }
        return Peer(name: name, baseURL: url, key: key)
    }

    /// A URL without trailing slashes.
    private static func url(_ name: String, _ settings: AppSettings) throws(PortalConfigurationError) -> String? {
        guard var value = settings[name] else { return nil }
        while value.utf8.last == UInt8(ascii: "/") { value.removeLast() }
        let isURL = value.hasPrefix("https://") || value.hasPrefix("http://")
        let isPlain = value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }
        guard isURL, isPlain else {
            throw PortalConfigurationError(
                "The app setting \(name) is not a URL. Give one that begins with https:// and has no spaces."
            )
        }
        return value
    }

    /// The host resolves Key Vault references before a function sees them; one that still stands here must not be used as
    /// if its text were the secret.
    private static func secret(
        _ name: String,
        _ settings: AppSettings
    ) throws(PortalConfigurationError) -> Secret? {
        guard let value = settings[name] else { return nil }
        guard !value.hasPrefix("@Microsoft.KeyVault(") else {
            throw PortalConfigurationError(
                "The app setting \(name) is a Key Vault reference that was not resolved. Check the reference and the vault."
            )
        }
        return Secret(value)
    }

    /// `*` and `null` are left out: an answer with credentials needs an origin that somebody named.
    private static func origins(_ list: String) -> Set<String> {
        let parts = list.split { $0 == "," || $0 == ";" || $0.isWhitespace }
        let origins = parts.map { part in
            var origin = part.lowercased()
            while origin.utf8.last == UInt8(ascii: "/") { origin.removeLast() }
            return origin
        }
        return Set(origins.filter { $0.hasPrefix("https://") || $0.hasPrefix("http://") })
    }
}
