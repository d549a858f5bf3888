import FunctionKit

/// A store on a full disk.
struct BrokenStoreEngine: StoreEngine, TenantPartition {
    let tenant = TenantName.host
    private let error = StoreError(.unavailable, "The disk is full. Make room.")

    func partition(_ tenant: TenantName) -> any TenantPartition { self }
    func tenants() async throws(StoreError) -> [TenantName] { throw error }
    func observeCommits(_ observer: @escaping @Sendable (CommitNotice) -> Void) {}
    func close() async {}
    func declare(_ schema: CollectionSchema) async throws(StoreError) { throw error }
    func get(_ key: DocumentKey) async throws(StoreError) -> StoredDocument? { throw error }
    func query(_ query: StoreQuery) async throws(StoreError) -> StoredPage { throw error }
    func commit(_ batch: WriteBatch) async throws(StoreError) -> CommitReceipt { throw error }
    func collections() async throws(StoreError) -> [(name: CollectionName, documents: Int)] { throw error }
    func schema(of collection: CollectionName) async throws(StoreError) -> CollectionSchema? { throw error }
    func changes(after position: ChangePosition, limit: Int) async throws(StoreError) -> ChangePage { throw error }
    func statistics() async throws(StoreError) -> PartitionStatistics { throw error }
}
