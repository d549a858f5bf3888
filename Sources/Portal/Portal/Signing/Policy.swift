import Crypto
public import FunctionKit

/// One version of a text that clients sign. Its document id is ``key``.
public struct Policy: Codable, Sendable {
    /// Legal's id.
    public var policyID: String
    /// Legal's version.
    public var version: PolicyVersion
    /// The title.
    public var title: String
    /// The text as Legal gave it; whoever shows it sanitises it.
    public var bodyHTML: String
    /// SHA-256 of ``bodyHTML`` in UTF-8, in hexadecimal digits; what a signature refers to.
    public var bodySHA256: String
    /// Whether clients see it.
    public var status: Status
    /// When Legal issued it.
    public var issuedAt: Timestamp?
    /// When it has to be signed; nil for no date.
    public var dueAt: Timestamp?

    /// Whether clients see a policy.
    public enum Status: String, Codable, Sendable {
        /// Stored, and invisible to clients.
        case draft
        /// Visible to whom it is assigned; its text never changes again.
        case published
    }

    /// Makes a policy and hashes its text.
    public init(
        policyID: String,
        version: PolicyVersion,
        title: String,
        bodyHTML: String,
        status: Status,
        issuedAt: Timestamp? = nil,
        dueAt: Timestamp? = nil
    ) {
        self.policyID = policyID
        self.version = version
        self.title = title
        self.bodyHTML = bodyHTML
        self.bodySHA256 = hexText(sha256(bodyHTML.utf8))
        self.status = status
        self.issuedAt = issuedAt
        self.dueAt = dueAt
    }

    /// The document id of a policy's version.
    public static func key(_ policyID: String, _ version: PolicyVersion) -> String { "\(policyID)@\(version)" }

    /// The document id.
    public var key: String { Policy.key(policyID, version) }

    private enum CodingKeys: String, CodingKey {
        case policyID = "policy_id"
        case version
        case title
        case bodyHTML = "body_html"
        case bodySHA256 = "body_sha256"
        case status
        case issuedAt = "issued_at"
        case dueAt = "due_at"
    }
}

extension CollectionDefinition where Document == Policy {
    /// The policies of a tenant, one document a version.
    public static var policies: CollectionDefinition<Policy> { policiesDefinition }
}

private let policiesDefinition = CollectionDefinition<Policy>("policies")
