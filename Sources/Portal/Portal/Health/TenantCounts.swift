import FunctionKit

/// What the queues, the outbox and the timers of all tenants come to.
struct TenantCounts: Sendable {
    /// How many tenants are looked at; the rest is only counted.
    static let tenantsMax = 100
    /// How many of a timer's runs are looked at to find the last success and the last failure.
    static let runsMax = 20

    /// One queue over all tenants.
    struct QueueCount: Encodable, Sendable {
        var queue: String
        var messages = 0
        var poison = 0
    }

    /// A timer's last run for one tenant.
    struct LastRun: Sendable {
        var tenant: String
        var run: SyncRun
    }

    /// One for each queue of the portal.
    var queues = PoisonMessages.queueNames.map { QueueCount(queue: $0) }
    /// The last run of each kind for each tenant.
    var lastRuns: [LastRun] = []
    /// When a run of a kind last succeeded, for any tenant.
    var lastSuccess: [String: Timestamp] = [:]
    /// When a run of a kind last failed, for any tenant, and why.
    var lastFailure: [String: (at: Timestamp, error: String)] = [:]
    /// Events for Legal that wait for a receiver.
    var waitingWebhooks = 0
    /// Invoices whose client no company has.
    var unmatchedInvoices = 0
    /// How many tenants were not looked at.
    var tenantsOmitted = 0

    /// Looks at the active tenants of both kinds.
    static func read(_ portal: Portal) async throws -> TenantCounts {
        var counts = TenantCounts()
        let tenants =
            try await portal.tenants.allActive(orgType: .msp) + portal.tenants.allActive(orgType: .mission)
        counts.tenantsOmitted = max(0, tenants.count - tenantsMax)
        for tenant in tenants.prefix(tenantsMax) { try await counts.add(tenant, portal) }
        return counts
    }

    /// True when a timer's last run failed or a message lies in a poison queue.
    var hasFailure: Bool {
        queues.contains { $0.poison > 0 } || lastRuns.contains { $0.run.error != nil }
    }

    private mutating func add(_ tenant: Tenant, _ portal: Portal) async throws {
        let store = try portal.tenants.store(of: tenant)
        let messages = PoisonMessages(store: store, clock: portal.app.clock)
        for index in queues.indices {
            let queue = try QueueName(queues[index].queue)
            queues[index].messages += try await messages.count(in: queue)
            queues[index].poison += try await messages.count(in: queue.poison)
        }
        for kind in ["tickets", "invoices"] { try await addRuns(kind, of: tenant, store) }
        waitingWebhooks += try await store.collection(.webhookDeliveries).storedPage(
            index: "by_state",
            equals: [.text(WebhookDelivery.State.waiting.rawValue)],
            limit: PoisonMessages.countMax
        ).documents.count
        unmatchedInvoices += try await store.collection(.unmatchedInvoices)
            .storedPage(limit: PoisonMessages.countMax).documents.count
    }

    private mutating func addRuns(_ kind: String, of tenant: Tenant, _ store: TenantStore) async throws {
        let runs = try await store.collection(.syncRuns).page(
            index: "by_kind",
            equals: [.text(kind)],
            order: .descending,
            limit: Self.runsMax
        ).items.map(\.value)
        if let last = runs.first { lastRuns.append(LastRun(tenant: tenant.slug, run: last)) }
        if let success = runs.first(where: { $0.error == nil && $0.finishedAt != nil })?.finishedAt {
            lastSuccess[kind] = max(lastSuccess[kind] ?? success, success)
        }
        if let failed = runs.first(where: { $0.error != nil }), let error = failed.error {
            let moment = failed.finishedAt ?? failed.startedAt
            if moment > lastFailure[kind]?.at ?? Timestamp(milliseconds: 0) { lastFailure[kind] = (moment, error) }
        }
    }
}
