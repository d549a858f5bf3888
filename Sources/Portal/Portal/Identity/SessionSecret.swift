import Crypto
import FunctionKit

/// The key that signs `portal_session`.
///
/// `PORTAL_SESSION_SECRET` where it is set. Without it, outside development, nothing starts. In development the first
/// function that needs one makes it and keeps it in the `_portal` partition, where all others find the same one.
final class SessionSecret: Sendable {
    private let app: AppContext
    private let secrets: DocumentCollection<StoredSecret>
    private let cached: LockedState<[UInt8]?>

    init(app: AppContext, settings: PortalSettings) throws {
        guard settings.sessionSecret != nil || app.environment.isDevelopment else {
            throw PortalConfigurationError(
                """
                The app setting PORTAL_SESSION_SECRET is not set. It signs the sessions of the portal: set it to at least \
                32 random bytes, for example with `openssl rand -base64 48`.
                """
            )
        }
        self.app = app
        secrets = try Portal.systemStore(app).collection(.secrets)
        cached = LockedState(settings.sessionSecret?.bytes)
    }

    /// The key; read from the store once at the most.
    func key() async throws -> [UInt8] {
        if let key = cached.withLock({ $0 }) { return key }
        let key = try await storedKey()
        cached.withLock { $0 = key }
        return key
    }

    /// `create` lets exactly one of many callers win; the others read what it wrote.
    private func storedKey() async throws -> [UInt8] {
        if let stored = try await secrets.get("session") { return Array(stored.secret.utf8) }
        let made = StoredSecret(secret: base64URLText(app.random.bytes(32)))
        do {
            _ = try await secrets.create(made, id: "session")
        } catch let error as StoreError where error.code == .alreadyExists {
            guard let stored = try await secrets.get("session") else { throw error }
            return Array(stored.secret.utf8)
        }
        app.logger.warning(
            """
            PORTAL_SESSION_SECRET is not set: made one for development and kept it in the data folder. Set it before \
            anybody else uses this portal.
            """
        )
        return Array(made.secret.utf8)
    }
}

/// A secret that the portal made for itself; development only.
struct StoredSecret: Codable, Sendable {
    var secret: String
}

extension CollectionDefinition where Document == StoredSecret {
    /// The secrets of the system partition.
    static var secrets: CollectionDefinition<StoredSecret> { secretsDefinition }
}

private let secretsDefinition = CollectionDefinition<StoredSecret>("secrets")
