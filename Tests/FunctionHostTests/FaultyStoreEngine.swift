import FunctionKit

/// A store whose commits and queries fail when a test says so.
final class FaultyStoreEngine: StoreEngine {
    /// What a test may break.
    enum Call: Sendable { case commit(WriteBatch), query(StoreQuery) }

    private let base: any StoreEngine
    private let fault: LockedState<@Sendable (TenantName, Call) async -> StoreError?>

    init(_ base: any StoreEngine) {
        self.base = base
        fault = LockedState { _, _ in nil }
    }

    /// Asks `fault` before every commit and query from now on; it may also wait.
    func inject(_ fault: @escaping @Sendable (TenantName, Call) async -> StoreError?) {
        self.fault.withLock { $0 = fault }
    }

    func partition(_ tenant: TenantName) -> any TenantPartition {
        Partition(engine: self, base: base.partition(tenant))
    }
    func tenants() async throws(StoreError) -> [TenantName] { try await base.tenants() }
    func observeCommits(_ observer: @escaping @Sendable (CommitNotice) -> Void) { base.observeCommits(observer) }
    func close() async { await base.close() }

    private func check(_ tenant: TenantName, _ call: Call) async throws(StoreError) {
        if let error = await fault.withLock({ $0 })(tenant, call) { throw error }
    }

    private struct Partition: TenantPartition {
        let engine: FaultyStoreEngine
        let base: any TenantPartition
        var tenant: TenantName { base.tenant }

        func declare(_ schema: CollectionSchema) async throws(StoreError) { try await base.declare(schema) }
        func get(_ key: DocumentKey) async throws(StoreError) -> StoredDocument? { try await base.get(key) }
        func query(_ query: StoreQuery) async throws(StoreError) -> StoredPage {
            try await engine.check(tenant, .query(query))
            return try await base.query(query)
        }
        func commit(_ batch: WriteBatch) async throws(StoreError) -> CommitReceipt {
            try await engine.check(tenant, .commit(batch))
            return try await base.commit(batch)
        }
        func collections() async throws(StoreError) -> [(name: CollectionName, documents: Int)] {
            try await base.collections()
        }
        func schema(of collection: CollectionName) async throws(StoreError) -> CollectionSchema? {
            try await base.schema(of: collection)
        }
        func changes(after position: ChangePosition, limit: Int) async throws(StoreError) -> ChangePage {
            try await base.changes(after: position, limit: limit)
        }
        func statistics() async throws(StoreError) -> PartitionStatistics { try await base.statistics() }
    }
}
