internal import FunctionKit

/// One tenant's documents in a ``FileStoreEngine``. Reads of a tenant that has been opened do not suspend.
struct FilePartition: TenantPartition {
    let engine: FileStoreEngine
    let tenant: TenantName

    func declare(_ schema: CollectionSchema) async throws(StoreError) {
        let name = try CollectionName(schema.collection)
        try await engine.withPartition(tenant) { (partition) async throws(StoreError) in
            try await partition.opened()
            guard try partition.look({ $0.schema(of: name) }) != schema else { return }
            _ = try await partition.perform(.declare(schema))
        }
    }

    func get(_ key: DocumentKey) async throws(StoreError) -> StoredDocument? {
        try await engine.withPartition(tenant) { (partition) async throws(StoreError) in
            try await partition.opened()
            return try partition.get(key)
        }
    }

    func query(_ query: StoreQuery) async throws(StoreError) -> StoredPage {
        try await engine.withPartition(tenant) { (partition) async throws(StoreError) in
            try await partition.opened()
            return try partition.query(query)
        }
    }

    func commit(_ batch: WriteBatch) async throws(StoreError) -> CommitReceipt {
        try await engine.withPartition(tenant) { (partition) async throws(StoreError) in
            try await partition.opened()
            let prepared = try PreparedBatch(batch, schemas: try partition.look { $0.schemas })
            guard case .receipt(let receipt) = try await partition.perform(.commit(prepared)) else {
                throw StoreError(.unavailable, "The commit in '\(tenant)' was answered by something else.")
            }
            return receipt
        }
    }

    func collections() async throws(StoreError) -> [(name: CollectionName, documents: Int)] {
        try await engine.withPartition(tenant) { (partition) async throws(StoreError) in
            try await partition.opened()
            let now = partition.services.clock.now
            return try partition.look { $0.counts(at: now) }
        }
    }

    func schema(of collection: CollectionName) async throws(StoreError) -> CollectionSchema? {
        try await engine.withPartition(tenant) { (partition) async throws(StoreError) in
            try await partition.opened()
            return try partition.look { $0.schema(of: collection) }
        }
    }

    func changes(after position: ChangePosition, limit: Int) async throws(StoreError) -> ChangePage {
        try await engine.withPartition(tenant) { (partition) async throws(StoreError) in
            try await partition.opened()
            return try partition.changes(after: position, limit: limit)
        }
    }

    func statistics() async throws(StoreError) -> PartitionStatistics {
        try await engine.withPartition(tenant) { (partition) async throws(StoreError) in
            try await partition.opened()
            return try partition.look { $0.statistics }
        }
    }
}
