import FoundationEssentials
import FunctionKit

/// The event `policy.acknowledged` as Legal receives it.
struct PolicyAcknowledgedEvent: Encodable {
    struct Person: Encodable {
        var id: String
        var email: String
        var name: String
        var psaContactID: String?
        enum CodingKeys: String, CodingKey {
            case id
            case email
            case name
            case psaContactID = "psa_contact_id"
        }
    }

    struct Organisation: Encodable {
        var id: String
        var name: String
        var psaCompanyID: String?
        enum CodingKeys: String, CodingKey {
            case id
            case name
            case psaCompanyID = "psa_company_id"
        }
    }

    struct Content: Encodable {
        var tenantID: String
        var tenantSlug: String
        var policyID: String
        var version: PolicyVersion
        var textSHA256: String
        var fullName: String
        var acknowledgedAt: Timestamp
        var remoteAddress: String
        var userAgent: String
        var user: Person
        var company: Organisation
        enum CodingKeys: String, CodingKey {
            case tenantID = "tenant_id"
            case tenantSlug = "tenant_slug"
            case policyID = "policy_id"
            case version
            case textSHA256 = "text_sha256"
            case fullName = "full_name"
            case acknowledgedAt = "acknowledged_at"
            case remoteAddress = "remote_address"
            case userAgent = "user_agent"
            case user
            case company
        }
    }

    var type = "policy.acknowledged"
    var timestamp: Timestamp
    var data: Content

    init(_ acknowledgement: Acknowledgement, session: PortalSession) {
        timestamp = acknowledgement.acknowledgedAt
        data = Content(
            tenantID: session.tenant.tenantID,
            tenantSlug: session.tenant.slug,
            policyID: acknowledgement.policyID,
            version: acknowledgement.version,
            textSHA256: acknowledgement.textSHA256,
            fullName: acknowledgement.fullName,
            acknowledgedAt: acknowledgement.acknowledgedAt,
            remoteAddress: acknowledgement.remoteAddress,
            userAgent: acknowledgement.userAgent,
            user: Person(
                id: session.user.id,
                email: session.user.email,
                name: session.user.name,
                psaContactID: session.user.psaContactID
            ),
            company: Organisation(
                id: session.company.id,
                name: session.company.name,
                psaCompanyID: session.company.psaCompanyID
            )
        )
    }

    /// The event for the outbox. Its text is made once, so that every attempt sends and signs the same bytes.
    func delivery() throws -> WebhookDelivery {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return WebhookDelivery(type: type, body: String(decoding: try encoder.encode(self), as: UTF8.self))
    }
}
