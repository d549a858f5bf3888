package import FunctionKit

/// What a lawyer enters to push a policy; what is left out has a default.
struct PolicyDraft: Decodable {
    var tenantSlug: String
    var policyID: String?
    var version: String?
    var title: String
    var bodyHTML: String
    var status: String?
    var dueInDays: Int64?
    var companyIDs: [String]?
    var emails: [String]?

    private enum CodingKeys: String, CodingKey {
        case tenantSlug = "tenant_slug"
        case policyID = "policy_id"
        case version, title
        case bodyHTML = "body_html"
        case status
        case dueInDays = "due_in_days"
        case companyIDs = "company_ids"
        case emails
    }
}

/// A policy as Legal sends it to the portal.
package struct PolicyPush: Codable, Sendable {
    package struct Policy: Codable, Sendable {
        package var id: String
        package var version: String
        package var title: String
        package var bodyHTML: String
        package var status: String
        package var issuedAt: Timestamp
        package var dueAt: Timestamp?

        private enum CodingKeys: String, CodingKey {
            case id, version, title
            case bodyHTML = "body_html"
            case status
            case issuedAt = "issued_at"
            case dueAt = "due_at"
        }
    }

    package struct Assignees: Codable, Sendable {
        package var companyIDs: [String]
        package var emails: [String]

        private enum CodingKeys: String, CodingKey {
            case companyIDs = "company_ids"
            case emails
        }
    }

    package var tenantSlug: String
    package var policy: Policy
    package var assignees: Assignees

    init(_ draft: PolicyDraft, now: Timestamp, newID: String) {
        tenantSlug = draft.tenantSlug
        // Ten years at the most, so that no sum overflows.
        let days = draft.dueInDays.map { min(max($0, -3650), 3650) }
        policy = Policy(
            id: draft.policyID ?? newID,
            version: draft.version ?? "1",
            title: draft.title,
            bodyHTML: draft.bodyHTML,
            status: draft.status ?? "published",
            issuedAt: now,
            dueAt: days.map { now + .seconds($0 * 86_400) }
        )
        assignees = Assignees(companyIDs: draft.companyIDs ?? [], emails: draft.emails ?? [])
    }

    private enum CodingKeys: String, CodingKey {
        case tenantSlug = "tenant_slug"
        case policy, assignees
    }
}

/// A policy that was pushed, and what the portal said to it.
package struct PushedPolicy: Codable, Sendable {
    /// What was sent.
    package var push: PolicyPush
    /// What came back.
    package var answer: PortalAnswer
}

extension CollectionDefinition where Document == PushedPolicy {
    /// The policies of all tenants; ids are `tenant/policy@version`.
    package static var pushedPolicies: CollectionDefinition<PushedPolicy> {
        CollectionDefinition("pushed_policies", indexes: [IndexDefinition("by_tenant", on: ["push.tenant_slug"])])
    }
}
