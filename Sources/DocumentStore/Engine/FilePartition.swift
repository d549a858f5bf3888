internal import FunctionKit

/// One tenant's documents in a ``FileStoreEngine``. Reads of a tenant that has been opened do not suspend.
final class FilePartition: TenantPartition {
    let engine: FileStoreEngine
    let tenant: TenantName
    /// The log that was found last; the engine may have put it away since.
    private let known = LockedState<LogPartition?>(nil)
    /// What was declared here, for as long as the tenant has no log that would keep it when it is put away.
    private let declared = LockedState<[CollectionName: CollectionSchema]>([:])

    init(engine: FileStoreEngine, tenant: TenantName) {
        self.engine = engine
        self.tenant = tenant
    }

    func declare(_ schema: CollectionSchema) async throws(StoreError) {
        // The usual case: the schema is there, in a log that keeps it.
        if try atOnce({ (log) throws(StoreError) in try log.keeps(schema) ? true : nil }) != nil { return }
        let name = try CollectionName(schema.collection)
        try await withLog { (log) async throws(StoreError) in
            if try log.look({ $0.schema(of: name) }) != schema { _ = try await log.perform(.declare(schema)) }
            self.declared.withLock { $0[name] = log.isEmpty ? schema : nil }
        }
    }

    func get(_ key: DocumentKey) async throws(StoreError) -> StoredDocument? {
        if let known = try atOnce({ (log) throws(StoreError) in try log.get(key) }) { return known }
        return try await withLog { (log) async throws(StoreError) in try log.get(key) ?? nil }
    }

    func query(_ query: StoreQuery) async throws(StoreError) -> StoredPage {
        if let known = try atOnce({ (log) throws(StoreError) in try log.query(query) }) { return known }
        return try await withLog { (log) async throws(StoreError) in
            try log.query(query) ?? StoredPage(documents: [], nextCursor: nil)
        }
    }

    func commit(_ batch: WriteBatch) async throws(StoreError) -> CommitReceipt {
        if let log = known.withLock({ $0 }) {
            engine.noteUse(of: log)
            do throws(StoreError) {
                return try await commit(batch, to: log)
            } catch {
                guard log.isRetired else { throw error }
            }
        }
        return try await withLog { (log) async throws(StoreError) in try await self.commit(batch, to: log) }
    }

    private func commit(_ batch: WriteBatch, to log: LogPartition) async throws(StoreError) -> CommitReceipt {
        let prepared = try PreparedBatch(batch, schemas: try log.look { $0.schemas })
        guard case .receipt(let receipt) = try await log.perform(.commit(prepared)) else {
            throw StoreError(.unavailable, "The commit in '\(tenant)' was answered by something else.")
        }
        return receipt
    }

    func collections() async throws(StoreError) -> [(name: CollectionName, documents: Int)] {
        try await withLog { (log) async throws(StoreError) in
            let now = log.services.clock.now
            return try log.look { $0.counts(at: now) }
        }
    }

    func schema(of collection: CollectionName) async throws(StoreError) -> CollectionSchema? {
        try await withLog { (log) async throws(StoreError) in try log.look { $0.schema(of: collection) } }
    }

    func changes(after position: ChangePosition, limit: Int) async throws(StoreError) -> ChangePage {
        try await withLog { (log) async throws(StoreError) in try log.changes(after: position, limit: limit) }
    }

    func statistics() async throws(StoreError) -> PartitionStatistics {
        try await withLog { (log) async throws(StoreError) in try log.look { $0.statistics } }
    }

    /// Asks the log that is known, if there is one that has been read.
    ///
    /// - Returns: nil when the question has to take the long way.
    private func atOnce<Result>(_ body: (LogPartition) throws(StoreError) -> Result?) throws(StoreError) -> Result? {
        guard let log = known.withLock({ $0 }) else { return nil }
        engine.noteUse(of: log)
        do throws(StoreError) {
            return try body(log)
        } catch {
            guard log.isRetired else { throw error }
            return nil
        }
    }

    /// Runs `body` on the tenant's log once that has been read, and remembers that for the next call.
    private func withLog<Result>(
        _ body: (LogPartition) async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        try await engine.withLog(of: tenant) { (log) async throws(StoreError) in
            if log.isEmpty { try await declareAgain(log) }
            known.withLock { $0 = log }
            return try await body(log)
        }
    }

    /// Declares what a tenant without a log has forgotten when it was put away.
    private func declareAgain(_ log: LogPartition) async throws(StoreError) {
        let schemas = declared.withLock { $0 }.sorted { $0.key < $1.key }
        for (name, schema) in schemas where try log.look({ $0.schema(of: name) }) == nil {
            _ = try await log.perform(.declare(schema))
        }
    }
}
