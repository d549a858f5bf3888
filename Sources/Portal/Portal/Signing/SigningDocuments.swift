import FoundationEssentials
public import FunctionKit

/// The documents that a user is to sign or has signed.
public struct SigningDocuments: Sendable {
    /// Makes a reader.
    public init() {}

    /// Reads `?status=`; nil for both states.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 400 for a text other than `awaiting` and `signed`.
    public static func state(_ request: HTTPRequest) throws(HTTPError) -> PolicyAssignment.State? {
        guard let text = request.queryValue("status"), !text.isEmpty else { return nil }
        guard let state = PolicyAssignment.State(rawValue: text), state != .draft else {
            throw .invalidParameter("status", "must be one of awaiting, signed.")
        }
        return state
    }

    /// One page, the newest assignment first.
    ///
    /// - Parameter state: `awaiting` or `signed`; nil for both.
    public func page(
        of userID: String,
        state: PolicyAssignment.State?,
        page request: PageRequest,
        in store: TenantStore
    ) async throws -> HTTPResponse {
        let assignments = store.collection(.policyAssignments)
        let page = try await request.run { request in
            try await assignments.storedPage(
                index: state == nil ? "by_user" : "by_user_state",
                equals: [.text(userID), state.map { .text($0.rawValue) } ?? true],
                order: .descending,
                limit: request.limit,
                cursor: request.cursor
            )
        }
        var items: [[UInt8]] = []
        for stored in page.documents {
            let assignment = try Stored<PolicyAssignment>(stored)
            guard let policy = try await store.collection(.policies).get(assignment.policyKey),
                policy.status == .published
            else { continue }
            items.append(try json(Item(policy: policy, assignment: assignment)))
        }
        return .page(items: items, nextCursor: page.nextCursor)
    }

    private func json(_ item: Item) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return Array(try encoder.encode(item))
    }

    private struct Item: Encodable {
        var id: String
        var policyID: String
        var version: PolicyVersion
        var title: String
        var bodyHTML: String
        var state: PolicyAssignment.State
        var issuedAt: Timestamp?
        var dueAt: Timestamp?
        var acknowledgedAt: Timestamp?
        var createdAt: Timestamp
        var updatedAt: Timestamp

        init(policy: Stored<Policy>, assignment: Stored<PolicyAssignment>) {
            id = policy.policyID
            policyID = policy.policyID
            version = policy.version
            title = policy.title
            bodyHTML = policy.bodyHTML
            state = assignment.state
            issuedAt = policy.issuedAt
            dueAt = policy.dueAt
            acknowledgedAt = assignment.acknowledgedAt
            createdAt = assignment.createdAt
            updatedAt = max(assignment.updatedAt, policy.updatedAt)
        }

        enum CodingKeys: String, CodingKey {
            case id
            case policyID = "policy_id"
            case version
            case title
            case bodyHTML = "body_html"
            case state
            case issuedAt = "issued_at"
            case dueAt = "due_at"
            case acknowledgedAt = "acknowledged_at"
            case createdAt = "created_at"
            case updatedAt = "updated_at"
        }

        /// Absent times are written as null, so that every item has the same fields.
        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(id, forKey: .id)
            try fields.encode(policyID, forKey: .policyID)
            try fields.encode(version, forKey: .version)
            try fields.encode(title, forKey: .title)
            try fields.encode(bodyHTML, forKey: .bodyHTML)
            try fields.encode(state, forKey: .state)
            try fields.encode(issuedAt, forKey: .issuedAt)
            try fields.encode(dueAt, forKey: .dueAt)
            try fields.encode(acknowledgedAt, forKey: .acknowledgedAt)
            try fields.encode(createdAt, forKey: .createdAt)
            try fields.encode(updatedAt, forKey: .updatedAt)
        }
    }
}
