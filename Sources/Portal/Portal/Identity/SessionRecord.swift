public import FunctionKit

/// A session as the store holds it. Its document id is the SHA-256 of the id in the cookie, so that nobody who reads the
/// store can sign in with what they find.
public struct SessionRecord: Codable, Sendable {
    /// Whose session it is.
    public var userID: String
    /// The company that the session is bound to.
    public var companyID: String
    /// How the user signed in: `hub_sso`.
    public var method: String
    /// The address that signed in.
    public var remoteAddress: String?
    /// The browser that signed in, cut to a bound.
    public var userAgent: String?

    private enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case companyID = "company_id"
        case method
        case remoteAddress = "remote_address"
        case userAgent = "user_agent"
    }
}

extension CollectionDefinition where Document == SessionRecord {
    /// The sessions of a tenant's users.
    public static var sessions: CollectionDefinition<SessionRecord> { sessionsDefinition }
}

private let sessionsDefinition = CollectionDefinition<SessionRecord>(
    "sessions",
    indexes: [IndexDefinition("by_user", on: ["user_id"])],
    sharesDecoded: true
)
