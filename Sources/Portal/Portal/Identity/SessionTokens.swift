import Crypto
import FunctionKit

/// What the cookies of sessions say, read from them once: a browser sends the same one with every request.
///
/// A token is remembered under the whole of its text, its signature with it, so that nobody is recognised who could not have signed
/// it. It says where the session's record is and no more: whether the session lives, the store says each time.
final class SessionTokens: Sendable {
    /// The most tokens that are remembered: 512. One more, and all are read again when they next come.
    static let rememberedMax = 512

    /// What a token says.
    struct Claims: Sendable, Hashable {
        var recordID: String
        var tenantSlug: String
        var expiresAt: Timestamp
    }

    private let secret: SessionSecret
    private let remembered = LockedState<[String: Claims]>([:])

    init(secret: SessionSecret) { self.secret = secret }

    /// What a cookie says that was signed with the session secret; nil for any other. Whether its time is over is the caller's to see.
    func claims(of cookie: String) async throws -> Claims? {
        if let claims = remembered.withLock({ $0[cookie] }) { return claims }
        let key = try await secret.key()
        guard let token = try? JSONWebToken(verifying: cookie, key: key),
            let id = try? token.text("jti"), let slug = try? token.text("tenant"),
            let expiresAt = try? token.time("exp")
        else { return nil }
        let claims = Claims(recordID: Self.recordID(id), tenantSlug: slug, expiresAt: expiresAt)
        remembered.withLock { remembered in
            if remembered.count >= Self.rememberedMax { remembered = [:] }
            remembered[cookie] = claims
        }
        return claims
    }

    /// The id of a session's record: who reads the store cannot make a cookie of it.
    static func recordID(_ id: String) -> String { hexText(sha256(id.utf8)) }
}
