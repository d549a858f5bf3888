import Crypto
public import FunctionKit

/// That a user is to sign a policy, and how far that has come.
public struct PolicyAssignment: Codable, Sendable {
    /// Legal's id of the policy.
    public var policyID: String
    /// Its version.
    public var version: PolicyVersion
    /// The policy's document id.
    public var policyKey: String
    /// Who signs.
    public var userID: String
    /// How far it has come.
    public var state: State
    /// False while the policy is a draft.
    public var isVisible: Bool
    /// When it was assigned.
    public var assignedAt: Timestamp
    /// When the e-mail was put into the queue; at most once.
    public var noticeQueuedAt: Timestamp?
    /// When a provider took the e-mail; no other is sent from then on.
    public var notifiedAt: Timestamp?
    /// When the user signed.
    public var acknowledgedAt: Timestamp?

    /// How far an assignment has come.
    public enum State: String, Codable, Sendable {
        /// The policy is a draft.
        case draft
        /// The user sees it and has not signed.
        case awaiting
        /// The user has signed.
        case signed
    }

    /// Makes an assignment of a policy as it stands.
    public init(policy: Policy, userID: String, at now: Timestamp) {
        policyID = policy.policyID
        version = policy.version
        policyKey = policy.key
        self.userID = userID
        state = policy.status == .published ? .awaiting : .draft
        isVisible = policy.status == .published
        assignedAt = now
    }

    /// The document id of the assignment, and of the acknowledgement that answers it: one user signs one version once.
    public static func id(policyKey: String, userID: String) -> String {
        let id = "\(policyKey)/\(userID)"
        return id.utf8.count <= 256 ? id : "\(policyKey)/\(hexText(sha256(userID.utf8)))"
    }

    private enum CodingKeys: String, CodingKey {
        case policyID = "policy_id"
        case version
        case policyKey = "policy_key"
        case userID = "user_id"
        case state
        case isVisible = "visible"
        case assignedAt = "assigned_at"
        case noticeQueuedAt = "notice_queued_at"
        case notifiedAt = "notified_at"
        case acknowledgedAt = "acknowledged_at"
    }
}

extension CollectionDefinition where Document == PolicyAssignment {
    /// Who is to sign what.
    public static var policyAssignments: CollectionDefinition<PolicyAssignment> { policyAssignmentsDefinition }
}

private let policyAssignmentsDefinition = CollectionDefinition<PolicyAssignment>(
    "policy_assignments",
    indexes: [
        IndexDefinition("by_user", on: ["user_id", "visible", "assigned_at"]),
        IndexDefinition("by_user_state", on: ["user_id", "state", "assigned_at"]),
        IndexDefinition("by_policy", on: ["policy_key", "user_id"]),
    ]
)
