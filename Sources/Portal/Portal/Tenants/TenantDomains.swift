import FunctionKit

/// Which tenant a host name belongs to, as a table in memory: an index cannot look into the list in a tenant's document,
/// and each request with an `Origin` asks.
///
/// The table has an entry for each domain of each active tenant, and is read anew when it is older than ``staleAfter``.
final class TenantDomains: Sendable {
    /// How long a change of domains may go unnoticed.
    static let staleAfter = Duration.seconds(5)

    private struct Table {
        var readAt: Duration
        var slugs: [String: String]
    }

    private let clock: any AppClock
    private let tenants: DocumentCollection<Tenant>
    private let table = LockedState<Table?>(nil)

    init(clock: any AppClock, tenants: DocumentCollection<Tenant>) {
        self.clock = clock
        self.tenants = tenants
    }

    /// The slug of the tenant with this domain, in any case; nil when there is none.
    func slug(of domain: String) async throws -> String? {
        try await slugs()[domain.lowercased()]
    }

    /// Two requests may read the table at the same time; both read the same, so the second costs time and nothing else.
    private func slugs() async throws -> [String: String] {
        let now = clock.uptime
        if let current = table.withLock({ $0 }), now - current.readAt < Self.staleAfter { return current.slugs }
        var slugs: [String: String] = [:]
        try await tenants.forEach { tenant in
            guard tenant.status == .active else { return }
            for domain in tenant.domains where slugs[domain.lowercased()] == nil {
                slugs[domain.lowercased()] = tenant.slug
            }
        }
        let read = Table(readAt: now, slugs: slugs)
        table.withLock { $0 = read }
        return slugs
    }
}
