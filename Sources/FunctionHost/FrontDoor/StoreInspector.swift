package import DocumentStore
package import FunctionKit

/// Looks into the document store of a running host and looks after it, for the admin API.
package struct StoreInspector: Sendable {
    /// How many tenants one answer tells of at the most: 500.
    package static let tenantsMax = 500
    /// How many exports and imports may go on at once: 8. Each holds a few pages of documents in memory.
    package static let transfersMax = 8

    private let engine: any StoreEngine
    private let maintenance: any StoreMaintenance
    private let transfers = LockedState(0)

    /// Makes an inspector of everything that the engine holds.
    package init(engine: any StoreEngine, maintenance: any StoreMaintenance) {
        self.engine = engine
        self.maintenance = maintenance
    }

    /// Why tenants in use are stopped or take no writes any more, one sentence for each.
    package var troubles: [String] { maintenance.troubledTenants.map(\.reason.message) }

    /// What `limit` tenants hold, in the order of their names. A tenant that is stopped is told of with its reason.
    ///
    /// - Parameter cursor: the ``StoreOverview/nextCursor`` of the page before.
    package func overview(limit: Int, cursor: String? = nil) async throws(StoreError) -> StoreOverview {
        var names = try await engine.tenants()
        if let cursor { names = names.filter { $0.description > cursor } }
        var overview = StoreOverview()
        for name in names.prefix(limit) {
            do throws(StoreError) {
                overview.tenants.append(try await maintenance.statistics(of: name))
            } catch {
                guard error.code != .closed else { throw error }
                var statistics = TenantStatistics(tenant: name)
                statistics.problem = error.message
                overview.tenants.append(statistics)
            }
        }
        overview.nextCursor = names.count > limit ? names[limit - 1].description : nil
        return overview
    }

    /// What a tenant holds.
    ///
    /// - Throws: ``StoreError`` with `notFound` when nobody has written to it.
    package func statistics(of tenant: TenantName) async throws(StoreError) -> TenantStatistics {
        let statistics = try await maintenance.statistics(of: tenant)
        guard statistics.lastRevision > 0 || statistics.diskBytes > 0 else { throw Self.unknown(tenant) }
        return statistics
    }

    /// Compacts a tenant's files and tells how large they were and are.
    package func compact(_ tenant: TenantName) async throws(StoreError) -> CompactionReport {
        let before = try await statistics(of: tenant).diskBytes
        try await maintenance.compact(tenant)
        let after = try await maintenance.statistics(of: tenant).diskBytes
        return CompactionReport(tenant: tenant.description, diskBytesBefore: before, diskBytes: after)
    }

    /// Prepares an export of a tenant or of one of its collections.
    ///
    /// - Throws: ``StoreError`` with `notFound` when nobody has written to the tenant.
    func export(_ tenant: TenantName, collection: CollectionName?) async throws(StoreError) -> TenantExport {
        let partition = engine.partition(tenant)
        if try await partition.collections().isEmpty, try await !engine.tenants().contains(tenant) {
            throw Self.unknown(tenant)
        }
        return TenantExport(partition, collection: collection)
    }

    /// Prepares an import into a tenant, which is made with its first document.
    func makeImport(_ tenant: TenantName, _ options: ImportOptions) -> TenantImport {
        TenantImport(
            into: engine.partition(tenant),
            collection: options.collection,
            existing: options.existing,
            firstLine: options.firstLine
        )
    }

    /// Counts an export or import for as long as the result lives; nil when too many go on already.
    func beginTransfer() -> TransferSlot? {
        let isFree = transfers.withLock { count in
            guard count < Self.transfersMax else { return false }
            count += 1
            return true
        }
        return isFree ? TransferSlot { [transfers] in transfers.withLock { $0 -= 1 } } : nil
    }

    private static func unknown(_ tenant: TenantName) -> StoreError {
        StoreError(.notFound, "The store has no tenant '\(tenant)'.")
    }
}

/// One of the exports and imports that may go on; given back with the last reference.
final class TransferSlot: Sendable {
    private let end: @Sendable () -> Void
    init(_ end: @escaping @Sendable () -> Void) { self.end = end }
    deinit { end() }
}

/// The answer of `GET /admin/store`.
package struct StoreOverview: Codable, Sendable {
    /// What each tenant holds.
    package var tenants: [TenantStatistics] = []
    /// Where the next page begins; nil on the last one.
    package var nextCursor: String?

    /// Tells of nothing yet.
    package init() {}

    private enum CodingKeys: String, CodingKey {
        case tenants
        case nextCursor = "next_cursor"
    }
}

/// The answer of `POST /admin/store/{tenant}/compact`.
package struct CompactionReport: Codable, Sendable {
    /// Whose files they are.
    package var tenant: String
    /// The bytes of all files before.
    package var diskBytesBefore: Int
    /// The bytes of all files now.
    package var diskBytes: Int

    /// Makes a report.
    package init(tenant: String, diskBytesBefore: Int, diskBytes: Int) {
        self.tenant = tenant
        self.diskBytesBefore = diskBytesBefore
        self.diskBytes = diskBytes
    }

    private enum CodingKeys: String, CodingKey {
        case tenant
        case diskBytesBefore = "disk_bytes_before"
        case diskBytes = "disk_bytes"
    }
}
