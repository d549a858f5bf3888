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
    var tenantID: String
    var tenantSlug: String
    var clientID: String
    var accessLevel: String
    var psaContactID: String
    var psaCompanyID: String
    var jti: String
    var iat: Int64
    var exp: Int64

    enum CodingKeys: String, CodingKey {
        case context, sub, email, name
        case tenantID = "tenant_id"
        case tenantSlug = "tenant_slug"
        case clientID = "client_id"
        case accessLevel = "access_level"
        case psaContactID = "psa_contact_id"
        case psaCompanyID = "psa_company_id"
        case jti, iat, exp
    }

    init(_ person: Person, id: String, now: Timestamp) {
        sub = person.hubUserID
        email = person.email
        name = person.name
        tenantID = person.tenantID
        tenantSlug = person.tenantSlug
        clientID = person.clientID
        accessLevel = person.accessLevel
        psaContactID = person.psaContactID
        psaCompanyID = person.psaCompanyID
        jti = id
        iat = now.seconds
        exp = now.seconds + Hub.tokenSeconds
    }
}
