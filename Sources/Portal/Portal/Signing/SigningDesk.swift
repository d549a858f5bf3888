public import FunctionKit

/// Takes policies from Legal and assigns them to users.
public struct SigningDesk: Sendable {
    /// The queue whose messages become e-mails.
    public static var noticeQueue: QueueName { get throws(StoreError) { try QueueName("portal-signing-notify") } }

    /// How many users one transaction assigns: each takes up to three writes of the store's bound for a batch.
    static let usersPerTransaction = 200

    let clock: any AppClock

    /// Makes a desk.
    public init(clock: any AppClock) { self.clock = clock }

    /// What Legal is told.
    public struct Answer: Codable, Sendable, Hashable {
        /// Legal's id of the policy.
        public var policyID: String
        /// How many users the push matched.
        public var assigned: Int
        /// Ids of companies and addresses that matched nobody.
        public var unmatched: [String]

        private enum CodingKeys: String, CodingKey {
            case policyID = "policy_id"
            case assigned
            case unmatched
        }
    }

    /// Stores a policy, assigns it, and puts one message for each newly notified user into the queue.
    ///
    /// Pushing the same version again changes nothing and gives the same answer, also when both pushes run at once: a user
    /// is assigned and notified once for a version. More users than ``usersPerTransaction`` take several transactions; a push
    /// that broke off between them is completed by the next one.
    /// - Throws: ``FunctionKit/HTTPError`` 409 when a published version would get another text or become a draft again.
    public func accept(_ push: SigningPushRequest, in store: TenantStore) async throws -> Answer {
        let content = push.policy
        let policy = Policy(
            policyID: content.id,
            version: content.version,
            title: singleLine(content.title),
            bodyHTML: content.bodyHTML,
            status: content.status,
            issuedAt: content.issuedAt,
            dueAt: content.dueAt
        )
        let search = try await AssigneeSearch(store: store).find(push.assignees)
        try await store.transaction { transaction in
            try await Self.write(policy, in: &transaction)
        }
        var userIDs = search.userIDs
        if policy.status == .published { userIDs += try await drafted(policy, in: store, without: userIDs) }
        for start in stride(from: 0, to: userIDs.count, by: Self.usersPerTransaction) {
            let part = userIDs[start..<min(start + Self.usersPerTransaction, userIDs.count)]
            try await store.transaction { transaction in
                try await assign(policy.key, to: part, in: &transaction)
            }
        }
        return Answer(policyID: policy.policyID, assigned: search.userIDs.count, unmatched: search.unmatched)
    }

    private static func write(_ policy: Policy, in transaction: inout Transaction) async throws {
        guard let stored = try await transaction.get(policy.key, from: .policies) else {
            return try transaction.upsert(policy, id: policy.key, in: .policies)
        }
        if stored.status == .published {
            guard policy.status == .published else { throw HTTPError.policyIsPublished }
            guard policy.bodySHA256 == stored.bodySHA256 else { throw HTTPError.policyTextIsFixed }
        }
        try transaction.replace(stored, with: policy, in: .policies)
    }

    /// The users to whom an earlier push assigned this version as a draft; publishing reaches them too.
    private func drafted(_ policy: Policy, in store: TenantStore, without known: [String]) async throws -> [String] {
        let known = Set(known)
        var result: [String] = []
        try await store.collection(.policyAssignments)
            .forEach(index: "by_policy", equals: [.text(policy.key)]) { assignment in
                let isWaiting = assignment.state == .draft && !known.contains(assignment.userID)
                if isWaiting { result.append(assignment.userID) }
            }
        return result
    }

    /// The policy is read again here, so that the assignment follows its state even while another push changes it.
    private func assign(
        _ policyKey: String,
        to userIDs: ArraySlice<String>,
        in transaction: inout Transaction
    ) async throws {
        guard let policy = try await transaction.get(policyKey, from: .policies)?.value else { return }
        for userID in userIDs {
            let id = PolicyAssignment.id(policyKey: policyKey, userID: userID)
            let stored = try await transaction.get(id, from: .policyAssignments)
            var assignment = stored?.value ?? PolicyAssignment(policy: policy, userID: userID, at: clock.now)
            if policy.status == .published, assignment.state == .draft {
                assignment.state = .awaiting
                assignment.isVisible = true
            }
            let isDue = policy.status == .published && assignment.noticeQueuedAt == nil
            guard stored == nil || isDue else { continue }
            if isDue {
                assignment.noticeQueuedAt = clock.now
                try transaction.enqueue(
                    SigningNotice(policyID: policy.policyID, version: policy.version, userID: userID),
                    to: Self.noticeQueue
                )
            }
            try transaction.upsert(assignment, id: id, in: .policyAssignments)
        }
    }
}

/// A message of the queue `portal-signing-notify`: whom to tell of which policy.
public struct SigningNotice: Codable, Sendable, Hashable {
    /// Legal's id of the policy.
    public var policyID: String
    /// Its version.
    public var version: PolicyVersion
    /// The user.
    public var userID: String

    private enum CodingKeys: String, CodingKey {
        case policyID = "policy_id"
        case version
        case userID = "user_id"
    }
}

extension HTTPError {
    static var policyIsPublished: HTTPError {
        HTTPError(
            .conflict,
            code: "policy_published",
            message: "This version is published and cannot become a draft again. Push a new version."
        )
    }

    static var policyTextIsFixed: HTTPError {
        HTTPError(
            .conflict,
            code: "policy_text_fixed",
            message: "This version is published with another text, which clients may have signed. Push a new version."
        )
    }
}
