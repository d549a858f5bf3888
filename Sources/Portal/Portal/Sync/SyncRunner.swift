public import FunctionKit

/// Runs a synchronisation for every active MSP tenant, several at a time, each for itself: what goes wrong for one is
/// recorded there and touches no other.
public struct SyncRunner: Sendable {
    /// How many tenants are synchronised at the same time.
    public static let tenantsAtOnceMax = 4

    private let portal: Portal
    private let kind: String
    private let peer: PortalSettings.Peer?
    private let settingNames: String

    /// Makes a runner.
    ///
    /// - Parameters:
    ///   - kind: what is synchronised, as `sync_runs` and `sync_state` name it: `tickets`.
    ///   - peer: the other program; nil when it is not configured.
    ///   - settingNames: the settings to name when it is not: `PSA_API_URL and PSA_SERVICE_KEY`.
    public init(portal: Portal, kind: String, peer: PortalSettings.Peer?, settingNames: String) {
        self.portal = portal
        self.kind = kind
        self.peer = peer
        self.settingNames = settingNames
    }

    /// Runs `body` once for each tenant and records each run in the tenant's `sync_runs`.
    ///
    /// Without a configured peer it logs one warning and changes nothing.
    /// - Throws: ``SyncFailure`` at the end, when the run of at least one tenant failed.
    public func run(
        _ context: InvocationContext,
        _ body: @escaping @Sendable (SyncScope) async throws -> Void
    ) async throws {
        guard let peer else {
            context.logger.warning("\(kind) are not synchronised: set \(settingNames) to change that.")
            return
        }
        let tenants = try await portal.tenants.allActive(orgType: .msp)
        let client = IntegrationClient(app: portal.app, peer: peer)
        let failures = await withTaskGroup(of: String?.self) { group in
            var failures: [String] = []
            for (position, tenant) in tenants.enumerated() {
                if position >= Self.tenantsAtOnceMax, let failure = await group.next() ?? nil {
                    failures.append(failure)
                }
                group.addTask { await run(for: tenant, client, context, body) }
            }
            for await failure in group {
                if let failure { failures.append(failure) }
            }
            return failures
        }
        guard failures.isEmpty else {
            throw SyncFailure(kind: kind, tenants: tenants.count, failures: failures.sorted())
        }
    }

    /// One tenant's run; what failed, or nil.
    private func run(
        for tenant: Tenant,
        _ client: IntegrationClient,
        _ context: InvocationContext,
        _ body: @Sendable (SyncScope) async throws -> Void
    ) async -> String? {
        let tally = SyncTally()
        do {
            let store = try portal.tenants.store(of: tenant)
            let scope = SyncScope(
                portal: portal,
                kind: kind,
                tenant: tenant,
                store: store,
                client: client,
                tally: tally,
                context: context
            )
            try await recorded(in: store, tally) { try await body(scope) }
            let counts = tally.counts
            context.logger.info(
                "Synchronised \(kind) of \(tenant.slug).",
                [
                    "pushed": String(counts.pushed), "pulled": String(counts.pulled),
                    "skipped": String(counts.skipped), "failed": String(counts.failed),
                ]
            )
            return nil
        } catch {
            context.logger.error("Synchronising \(kind) of \(tenant.slug) failed: \(error)")
            return "\(tenant.slug): \(error)"
        }
    }

    /// Writes the run's record before and after, whatever happens in between.
    private func recorded(in store: TenantStore, _ tally: SyncTally, _ body: () async throws -> Void) async throws {
        let clock = portal.app.clock
        let runs = store.collection(.syncRuns)
        var run = SyncRun(kind: kind, startedAt: clock.now)
        let begun = try await runs.create(run, expiresAt: clock.now + SyncRun.keptFor)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        let counts = tally.counts
        (run.pushed, run.pulled, run.skipped, run.failed) =
            (counts.pushed, counts.pulled, counts.skipped, counts.failed)
        run.finishedAt = clock.now
        if case .failure(let error) = outcome { run.error = "\(error)" }
        _ = try await runs.replace(begun, with: run)
        try outcome.get()
    }
}

/// Tells that a run failed for some tenants; the others were synchronised.
public struct SyncFailure: Error, Sendable, CustomStringConvertible {
    /// What was to be synchronised.
    public let kind: String
    /// How many tenants there were.
    public let tenants: Int
    /// One sentence for each tenant that failed, its slug first.
    public let failures: [String]

    /// The sentence for the log.
    public var description: String {
        "Synchronising \(kind) failed for \(failures.count) of \(tenants) tenants: \(failures.joined(separator: "; "))"
    }
}
