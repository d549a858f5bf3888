public import FunctionKit

/// That a user signed a policy: who, what, when and from where. It is written once and never changed.
public struct Acknowledgement: Codable, Sendable {
    /// Legal's id of the policy.
    public var policyID: String
    /// The version that was shown.
    public var version: PolicyVersion
    /// SHA-256 of the text that was shown, in hexadecimal digits.
    public var textSHA256: String
    /// Who signed.
    public var userID: String
    /// The company for which they signed.
    public var companyID: String
    /// Their address at that time.
    public var email: String
    /// The name that they typed.
    public var fullName: String
    /// When.
    public var acknowledgedAt: Timestamp
    /// The address of the peer.
    public var remoteAddress: String
    /// What the browser called itself, at most ``userAgentBytesMax`` bytes of it.
    public var userAgent: String
    /// The webhook that tells Legal.
    public var webhookID: String

    /// How much of the `User-Agent` is kept.
    public static let userAgentBytesMax = 512
    /// The most characters of the name.
    public static let fullNameCharactersMax = 200

    private enum CodingKeys: String, CodingKey {
        case policyID = "policy_id"
        case version
        case textSHA256 = "text_sha256"
        case userID = "user_id"
        case companyID = "company_id"
        case email
        case fullName = "full_name"
        case acknowledgedAt = "acknowledged_at"
        case remoteAddress = "remote_address"
        case userAgent = "user_agent"
        case webhookID = "webhook_id"
    }
}

extension CollectionDefinition where Document == Acknowledgement {
    /// The signatures of a tenant.
    public static var acknowledgements: CollectionDefinition<Acknowledgement> { acknowledgementsDefinition }
}

private let acknowledgementsDefinition = CollectionDefinition<Acknowledgement>(
    "acknowledgements",
    indexes: [IndexDefinition("by_user", on: ["user_id", "acknowledged_at"])]
)
