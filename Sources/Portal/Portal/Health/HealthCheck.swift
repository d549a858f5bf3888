public import FunctionKit

/// Looks at everything the portal depends on.
public struct HealthCheck: Sendable {
    private let portal: Portal
    private let setups: [IntegrationSetup]
    private let probe: ReachabilityProbe
    private let journal: IntegrationJournal
    private let glance: HealthGlance

    /// Reads the settings; nothing is asked yet.
    public init(portal: Portal) throws {
        self.portal = portal
        setups = IntegrationSetup.all(
            of: portal,
            mailer: Mailer(app: portal.app),
            legal: try LegalWebhookSender(portal: portal)
        )
        probe = ReachabilityProbe(http: portal.app.http, clock: portal.app.clock)
        journal = try IntegrationJournal(app: portal.app)
        glance = HealthGlance(clock: portal.app.clock)
    }

    /// Answers a request: one word for everybody, everything for whoever shows a function key.
    public func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        if request.access.opens(.function) { return try .json(try await report()) }
        let status = await glance.status { try await report().status }
        return try .json(["status": status])
    }

    func report() async throws -> HealthReport {
        let answers = await probe.answers(of: setups.compactMap(\.url))
        let counts = try await TenantCounts.read(portal)
        var entries: [HealthReport.Entry] = []
        for setup in setups { entries.append(try await entry(setup, answers, counts)) }
        let isDegraded = counts.hasFailure || entries.contains { $0.problem != nil || $0.reachable == false }
        return HealthReport(
            status: isDegraded ? .degraded : .ok,
            checkedAt: answers.checkedAt,
            integrations: entries,
            syncRuns: counts.lastRuns.map { HealthReport.Run(tenant: $0.tenant, run: $0.run) },
            queues: counts.queues,
            unmatchedInvoices: counts.unmatchedInvoices,
            waitingWebhooks: counts.waitingWebhooks,
            tenantsOmitted: counts.tenantsOmitted
        )
    }

    private func entry(
        _ setup: IntegrationSetup,
        _ answers: ReachabilityProbe.Answers,
        _ counts: TenantCounts
    ) async throws -> HealthReport.Entry {
        let record = try await journal.record(of: setup.integration)
        let failure = setup.syncKind.flatMap { counts.lastFailure[$0] }
        var problem = setup.problem
        if setup.integration == .legal, problem == nil, counts.waitingWebhooks > 0 {
            problem = "LEGAL_WEBHOOK_URL is not set; \(counts.waitingWebhooks) events wait in the outbox."
        }
        return HealthReport.Entry(
            name: setup.integration,
            configured: setup.isConfigured,
            reachable: setup.url.flatMap { answers.isReachable[$0] },
            problem: problem,
            lastSuccessAt: setup.syncKind.flatMap { counts.lastSuccess[$0] } ?? record?.lastSuccessAt,
            lastErrorAt: failure?.at ?? record?.lastErrorAt,
            lastError: failure?.error ?? record?.lastError,
            feature: setup.feature,
            hint: setup.hint
        )
    }
}

/// Remembers the one word for a moment, so that anybody may ask as often as they like without any work being done.
actor HealthGlance {
    /// How long the word is remembered.
    static let rememberedFor: Duration = .seconds(5)

    private let clock: any AppClock
    private var known: (status: HealthStatus, uptime: Duration)?

    init(clock: any AppClock) { self.clock = clock }

    /// The word; a check that throws, as it does when the store fails, is `degraded`.
    func status(_ check: @Sendable () async throws -> HealthStatus) async -> HealthStatus {
        if let known, clock.uptime - known.uptime < Self.rememberedFor { return known.status }
        let status = (try? await check()) ?? .degraded
        known = (status, clock.uptime)
        return status
    }
}
