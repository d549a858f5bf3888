import Crypto
import FoundationEssentials
import FunctionKit
import Portal

/// Makes tokens as Hub does, and as Hub never would.
struct HubLink {
    /// Claims by name; each value is JSON text, so that a test can put anything there.
    var claims: [String: String]

    /// A token of ten seconds ago, of Dana at `acme-msp`, whose every claim is right.
    init(now: Timestamp, id: String = "jti-1", user: String = "hub-1", email: String = "New.Person@client.example") {
        claims = [
            "context": "\"client_portal\"", "sub": "\"\(user)\"", "email": "\"\(email)\"",
            "tenant_id": "\"t-acme-msp\"", "tenant_slug": "\"acme-msp\"", "client_id": "\"psa-c-1\"",
            "access_level": "\"own\"", "jti": "\"\(id)\"", "psa_contact_id": "\"contact-1\"",
            "psa_company_id": "\"psa-c-1\"",
            "iat": String(now.seconds - 10), "exp": String(now.seconds + 60),
        ]
    }

    /// This token with other claims; nil removes one.
    func with(_ changes: [String: String?]) -> HubLink {
        var copy = self
        for (name, value) in changes { copy.claims[name] = value }
        return copy
    }

    var payload: String {
        "{" + claims.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    func token(
        header: String = #"{"alg":"HS256","typ":"JWT"}"#,
        payload: String? = nil,
        secret: String = PortalWorld.ssoSecret
    ) -> String {
        let signed = base64URLText(header.utf8) + "." + base64URLText((payload ?? self.payload).utf8)
        return signed + "." + base64URLText(hmacSHA256(key: Array(secret.utf8), signed.utf8))
    }
}
