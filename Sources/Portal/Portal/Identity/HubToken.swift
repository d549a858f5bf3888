public import FunctionKit

/// What Hub says of a client user who signs in, once every rule has been checked.
public struct HubToken: Sendable {
    /// How old a token may be.
    public static let ageMax = Duration.seconds(70)
    /// How far Hub's clock may run before ours.
    public static let clockSkewMax = Duration.seconds(5)

    /// The token's id, for ``SpentTokens``.
    public let id: String
    /// When it ends.
    public let expiresAt: Timestamp
    /// The tenant that it names.
    public let tenantID: String
    /// The tenant's slug.
    public let tenantSlug: String
    /// Who signs in.
    public let person: ProvisionedPerson

    /// Checks the claims of a token whose signature is right.
    ///
    /// - Throws: ``JSONWebToken/Refusal``: `claims` when one is missing, of another type, or has a value that is not allowed;
    ///   `time` when the token is over, older than ``ageMax``, from the future, or valid for longer than ``ageMax``.
    public init(_ token: JSONWebToken, now: Timestamp) throws(JSONWebToken.Refusal) {
        guard try token.text("context") == "client_portal" else { throw .claims }
        id = try token.text("jti")
        tenantID = try token.text("tenant_id")
        tenantSlug = try token.text("tenant_slug")
        expiresAt = try Self.checkTimes(of: token, now: now)
        guard let role = PortalUser.Role(accessLevel: try token.text("access_level")) else { throw .claims }
        let email = try token.text("email")
        guard ProvisionedPerson.isEmail(email) else { throw .claims }
        person = ProvisionedPerson(
            email: email,
            name: try token.optionalText("name"),
            role: role,
            hubUserID: try token.text("sub"),
            psaContactID: try token.optionalText("psa_contact_id"),
            companyID: try token.text("client_id"),
            psaCompanyID: try token.optionalText("psa_company_id"),
            companyName: try token.optionalText("company_name")
        )
    }

    /// Without `iat` the age shows in `exp` alone: a token of at most ``ageMax`` cannot end later than that from now.
    private static func checkTimes(
        of token: JSONWebToken,
        now: Timestamp
    ) throws(JSONWebToken.Refusal) -> Timestamp {
        guard let expiresAt = try token.time("exp") else { throw .claims }
        guard expiresAt > now else { throw .time }
        if let issuedAt = try token.time("iat") {
            guard now - issuedAt <= ageMax, issuedAt <= now + clockSkewMax else { throw .time }
            guard expiresAt - issuedAt <= ageMax else { throw .time }
        } else {
            guard expiresAt - now <= ageMax else { throw .time }
        }
        if let notBefore = try token.time("nbf"), notBefore > now + clockSkewMax { throw .time }
        return expiresAt
    }
}
