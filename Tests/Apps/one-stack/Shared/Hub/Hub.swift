import Crypto
import FoundationEssentials
package import FunctionKit

/// The Hub signs people in to the portal.
package struct Hub: Sendable {
    private let sandbox: Sandbox

    /// For how long a token is good; the portal accepts at most 70 seconds.
    static let tokenSeconds: Int64 = 60

    /// Opens the Hub.
    package init(_ sandbox: Sandbox) { self.sandbox = sandbox }

    /// `GET hub/sso/{person}`: sends the browser to the portal with a fresh token.
    package func signIn(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let person = try await sandbox.store.collection(.people).get(request.routeValues["person"] ?? "") else {
            throw HTTPError.missing("person")
        }
        let secret = try sandbox.setting("PORTAL_CLIENT_SSO_SECRET")
        let token = try Self.token(for: person.value, id: sandbox.app.ids.next(), now: sandbox.app.clock.now, secret)
        var response = HTTPResponse.redirect(to: "\(try sandbox.portalURL())/api/auth/client-hub-sso?token=\(token)")
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
    }

    /// A JSON Web Token (RFC 7519) with HS256, as the portal expects it from the Hub.
    package static func token(for person: Person, id: String, now: Timestamp, _ secret: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let header = base64URLText("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".utf8)
        let claims = base64URLText(try encoder.encode(HubClaims(person, id: id, now: now)))
        let signature = base64URLText(hmacSHA256(key: secret.utf8, "\(header).\(claims)".utf8))
        return "\(header).\(claims).\(signature)"
    }
}

/// The claims of the Hub's token (portal.md, section 3).
struct HubClaims: Codable {
    var context = "client_portal"
    var sub: String
    var email: String
    var name: String
    var tenant_id: String
    var tenant_slug: String
    var client_id: String
    var access_level: String
    var psa_contact_id: String
    var psa_company_id: String
    var jti: String
    var iat: Int64
    var exp: Int64

    init(_ person: Person, id: String, now: Timestamp) {
        sub = person.hubUserID
        email = person.email
        name = person.name
        tenant_id = person.tenantID
        tenant_slug = person.tenantSlug
        client_id = person.clientID
        access_level = person.accessLevel
        psa_contact_id = person.psaContactID
        psa_company_id = person.psaCompanyID
        jti = id
        iat = now.seconds
        exp = now.seconds + Hub.tokenSeconds
    }
}
