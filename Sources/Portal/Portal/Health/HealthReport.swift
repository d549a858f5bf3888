import FunctionKit

/// What the staff see of the portal's health.
struct HealthReport: Encodable, Sendable {
    /// One integration.
    struct Entry: Encodable, Sendable {
        var name: Integration
        var configured: Bool
        /// nil where there is no server to ask.
        var reachable: Bool?
        var problem: String?
        var lastSuccessAt: Timestamp?
        var lastErrorAt: Timestamp?
        var lastError: String?
        var feature: String
        var hint: String

        enum CodingKeys: String, CodingKey {
            case name
            case configured
            case reachable
            case problem
            case lastSuccessAt = "last_success_at"
            case lastErrorAt = "last_error_at"
            case lastError = "last_error"
            case feature
            case hint
        }

        /// Absent values are written as null, so that every entry has the same fields.
        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(name, forKey: .name)
            try fields.encode(configured, forKey: .configured)
            try fields.encode(reachable, forKey: .reachable)
            try fields.encode(problem, forKey: .problem)
            try fields.encode(lastSuccessAt, forKey: .lastSuccessAt)
            try fields.encode(lastErrorAt, forKey: .lastErrorAt)
            try fields.encode(lastError, forKey: .lastError)
            try fields.encode(feature, forKey: .feature)
            try fields.encode(hint, forKey: .hint)
        }
    }

    /// A timer's last run for one tenant.
    struct Run: Encodable, Sendable {
        var tenant: String
        var run: SyncRun

        enum CodingKeys: String, CodingKey { case tenant }

        func encode(to encoder: any Encoder) throws {
            try run.encode(to: encoder)
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(tenant, forKey: .tenant)
        }
    }

    var status: HealthStatus
    var checkedAt: Timestamp
    var integrations: [Entry]
    var syncRuns: [Run]
    var queues: [TenantCounts.QueueCount]
    var unmatchedInvoices: Int
    var waitingWebhooks: Int
    var tenantsOmitted: Int

    enum CodingKeys: String, CodingKey {
        case status
        case checkedAt = "checked_at"
        case integrations
        case syncRuns = "sync_runs"
        case queues
        case unmatchedInvoices = "unmatched_invoices"
        case waitingWebhooks = "waiting_webhooks"
        case tenantsOmitted = "tenants_omitted"
    }
}

/// The one word that everybody may know.
enum HealthStatus: String, Encodable, Sendable {
    /// Everything that is set up works.
    case ok
    /// Something that is set up is half set, does not answer, failed last time, or left a poison message.
    case degraded
}
