public import FunctionKit

/// A store engine in memory that passes the same conformance suite as the engine on files.
///
/// It keeps nothing when the process ends; a commit counts as durable when it is applied.
public final class MemoryStoreEngine: StoreEngine {
    private struct Contents {
        var partitions: [TenantName: MemoryTenant] = [:]
        var observers: [@Sendable (CommitNotice) -> Void] = []
        var isClosed = false
    }

    private let clock: any AppClock
    private let bytesMax: Int?
    private let removalsKept: Int
    private let contents = LockedState(Contents())

    /// Makes an empty store.
    ///
    /// - Parameters:
    ///   - clock: where it takes its times from.
    ///   - bytesMax: how many bytes a tenant's documents may have together; nil for any number.
    ///   - removalsKept: how many removals of a tenant are kept for its change feed.
    public init(clock: any AppClock, bytesMax: Int? = nil, removalsKept: Int = StoreLimits.removalsKept) {
        self.clock = clock
        self.bytesMax = bytesMax
        self.removalsKept = removalsKept
    }

    /// The partition of a tenant.
    public func partition(_ tenant: TenantName) -> any TenantPartition { MemoryPartition(engine: self, tenant: tenant) }

    /// The tenants that have been written to.
    public func tenants() async throws(StoreError) -> [TenantName] {
        try contents.withLock { (contents) throws(StoreError) in
            try Self.check(contents)
            return contents.partitions.filter { $0.value.state.lastSequence > 0 }.map(\.key).sorted()
        }
    }

    /// Calls `observer` after every commit.
    public func observeCommits(_ observer: @escaping @Sendable (CommitNotice) -> Void) {
        contents.withLock { $0.observers.append(observer) }
    }

    /// Refuses every later call.
    public func close() async { contents.withLock { $0.isClosed = true } }

    private static func check(_ contents: borrowing Contents) throws(StoreError) {
        guard !contents.isClosed else { throw StoreError(.closed, "The store is closed.") }
    }

    func read<Result: Sendable>(
        _ tenant: TenantName,
        _ body: (borrowing MemoryTenant, Timestamp) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        let now = clock.now
        return try contents.withLock { (contents) throws(StoreError) in
            try Self.check(contents)
            return try body(contents.partitions[tenant] ?? MemoryTenant(tenant, removalsKept), now)
        }
    }

    /// Changes a tenant in place; observers hear of the notices afterwards, outside the lock, since they may come back.
    func write<Result: Sendable>(
        _ tenant: TenantName,
        _ body: (inout MemoryTenant, Timestamp) throws(StoreError) -> (Result, [CommitNotice])
    ) throws(StoreError) -> Result {
        let now = clock.now
        let (result, notices, observers) = try contents.withLock { (contents) throws(StoreError) in
            try Self.check(contents)
            let (result, notices) = try body(
                &contents.partitions[tenant, default: MemoryTenant(tenant, removalsKept)],
                now
            )
            return (result, notices, contents.observers)
        }
        for notice in notices { for observer in observers { observer(notice) } }
        return result
    }

    func commit(_ batch: WriteBatch, to tenant: TenantName) throws(StoreError) -> CommitReceipt {
        let prepared = try PreparedBatch(batch, schemas: try read(tenant) { tenant, _ in tenant.state.schemas })
        return try write(tenant) { [bytesMax] (contents, now) throws(StoreError) in
            try contents.commit(prepared, now, bytesMax)
        }
    }
}

/// One tenant's documents in a ``MemoryStoreEngine``.
struct MemoryPartition: TenantPartition {
    let engine: MemoryStoreEngine
    let tenant: TenantName

    func declare(_ schema: CollectionSchema) async throws(StoreError) {
        try engine.write(tenant) { (contents, now) throws(StoreError) in
            ((), try contents.declare(schema, now))
        }
    }

    func get(_ key: DocumentKey) async throws(StoreError) -> StoredDocument? {
        try engine.read(tenant) { contents, now in
            contents.state.record(key, at: now).map { $0.document(key.id, body: contents.bodies[$0.location]) }
        }
    }

    func query(_ query: StoreQuery) async throws(StoreError) -> StoredPage {
        try engine.read(tenant) { (contents, now) throws(StoreError) in
            let page = try contents.state.page(query, at: now)
            return StoredPage(
                documents: (0..<page.count).map {
                    let record = page.record($0)
                    return record.document(page.id($0), body: contents.bodies[record.location])
                },
                nextCursor: page.nextCursor
            )
        }
    }

    func commit(_ batch: WriteBatch) async throws(StoreError) -> CommitReceipt {
        try engine.commit(batch, to: tenant)
    }

    func collections() async throws(StoreError) -> [(name: CollectionName, documents: Int)] {
        try engine.read(tenant) { contents, now in contents.state.counts(at: now) }
    }

    func schema(of collection: CollectionName) async throws(StoreError) -> CollectionSchema? {
        try engine.read(tenant) { contents, _ in contents.state.schema(of: collection) }
    }

    func changes(after position: ChangePosition, limit: Int) async throws(StoreError) -> ChangePage {
        try engine.read(tenant) { (contents, now) throws(StoreError) in
            try contents.changes(after: position, limit: limit, now)
        }
    }

    func statistics() async throws(StoreError) -> PartitionStatistics {
        try engine.read(tenant) { contents, _ in contents.state.statistics }
    }
}
