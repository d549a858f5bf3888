internal import FunctionKit

/// A store that does something wrong.
struct BuggyEngine: StoreEngine {
    private let engine: any StoreEngine
    private let bug: SimulatedBug
    private let memory = Memory()

    /// What a cache that nobody clears holds; in use by the simulation's one thread only.
    fileprivate final class Memory: @unchecked Sendable {
        var documents: [TenantName: [DocumentKey: StoredDocument]] = [:]
        var reads = 0
    }

    init(_ engine: any StoreEngine, _ bug: SimulatedBug) {
        self.engine = engine
        self.bug = bug
    }

    func partition(_ tenant: TenantName) -> any TenantPartition {
        BuggyPartition(partition: engine.partition(tenant), bug: bug, memory: memory)
    }

    func tenants() async throws(StoreError) -> [TenantName] { try await engine.tenants() }

    func observeCommits(_ observer: @escaping @Sendable (CommitNotice) -> Void) { engine.observeCommits(observer) }

    func close() async { await engine.close() }
}

private struct BuggyPartition: TenantPartition {
    let partition: any TenantPartition
    let bug: SimulatedBug
    let memory: BuggyEngine.Memory

    var tenant: TenantName { partition.tenant }

    func declare(_ schema: CollectionSchema) async throws(StoreError) { try await partition.declare(schema) }

    func get(_ key: DocumentKey) async throws(StoreError) -> StoredDocument? {
        guard bug == .staleReads else { return try await partition.get(key) }
        memory.reads += 1
        if memory.reads % 4 == 0, let old = memory.documents[tenant]?[key] { return old }
        let document = try await partition.get(key)
        memory.documents[tenant, default: [:]][key] = document
        return document
    }

    func query(_ query: StoreQuery) async throws(StoreError) -> StoredPage { try await partition.query(query) }

    func commit(_ batch: WriteBatch) async throws(StoreError) -> CommitReceipt {
        switch bug {
        case .splitBatches where batch.writes.count > 1:
            var receipt = try await partition.commit(WriteBatch([batch.writes[0]]))
            for write in batch.writes.dropFirst() { receipt = try await partition.commit(WriteBatch([write])) }
            return receipt
        case .noConditions: return try await partition.commit(WriteBatch(batch.writes.map(unconditional)))
        default: return try await partition.commit(batch)
        }
    }

    private func unconditional(_ write: WriteBatch.Write) -> WriteBatch.Write {
        guard case .replace(let content, _) = write.operation else { return write }
        return WriteBatch.Write(write.key, .upsert(content))
    }

    func collections() async throws(StoreError) -> [(name: CollectionName, documents: Int)] {
        try await partition.collections()
    }

    func schema(of collection: CollectionName) async throws(StoreError) -> CollectionSchema? {
        try await partition.schema(of: collection)
    }

    func changes(after position: ChangePosition, limit: Int) async throws(StoreError) -> ChangePage {
        try await partition.changes(after: position, limit: limit)
    }

    func statistics() async throws(StoreError) -> PartitionStatistics { try await partition.statistics() }
}
