import Crypto
import Glibc

/// Makes the Hub's tokens, right and wrong ones.
enum HubLink {
    /// The secret that the portal under test shares with the Hub.
    static let secret = "hub-secret-of-the-tests-0123456789"

    static var now: Int { time(nil) }

    /// The claims of a fresh token for Dana of Borealis at Acme; `changes` replace claims, null removes one.
    static func claims(_ changes: [String: JSON] = [:]) -> [String: JSON] {
        let claims: [String: JSON] = [
            "context": "client_portal", "sub": "hub_dana", "email": "dana@borealis.example", "name": "Dana Reyes",
            "tenant_id": "tnt_acme", "tenant_slug": "acme-msp", "client_id": "borealis-bakery", "access_level": "own",
            "psa_contact_id": "psa_contact_dana", "psa_company_id": "psa_borealis",
            "jti": .text("jti-\(UInt64.random(in: 0 ... .max))"),
            "iat": .number(Double(now)), "exp": .number(Double(now + 60)),
        ]
        return claims.merging(changes) { $1 }.filter { $0.value != .null }
    }

    static func token(
        _ claims: [String: JSON],
        algorithm: String = "HS256",
        secret: String = Self.secret
    ) -> String {
        let header = base64URLText(JSON.object(["alg": .text(algorithm), "typ": "JWT"]).encoded.utf8)
        let signed = header + "." + base64URLText(JSON.object(claims).encoded.utf8)
        return signed + "." + base64URLText(hmacSHA256(key: secret.utf8, signed.utf8))
    }

    static func path(_ token: String) -> String { "/api/auth/client-hub-sso?token=\(token)" }
}
