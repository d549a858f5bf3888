public import FunctionKit

/// What the portal's functions share: settings, tenants, sessions, the audit log, and one way to answer a request.
///
/// Each function makes its own in `init(app:)`. That reads the settings and nothing else, so it costs microseconds; what
/// needs the store is read at its first use.
public struct Portal: Sendable {
    /// What the host supplies.
    public let app: AppContext
    /// The app settings of the portal.
    public let settings: PortalSettings
    /// The tenants of this portal.
    public let tenants: TenantDirectory
    /// Signing in and out.
    public let sessions: Sessions
    /// What happened, for the MSP to read.
    public let audit: AuditLog
    let origins: OriginPolicy

    /// Reads the settings.
    ///
    /// - Throws: ``PortalConfigurationError`` when a setting is unusable, or `PORTAL_SESSION_SECRET` is missing outside
    ///   development.
    public init(app: AppContext) async throws {
        self.app = app
        settings = try PortalSettings(app.settings, environment: app.environment)
        tenants = try TenantDirectory(app: app)
        sessions = Sessions(app: app, tenants: tenants, secret: try SessionSecret(app: app, settings: settings))
        audit = AuditLog()
        origins = OriginPolicy(app: app, settings: settings, tenants: tenants)
    }

    /// The partition of the store that all tenants share.
    static func systemStore(_ app: AppContext) throws -> TenantStore { try app.store.system("_portal") }
}
