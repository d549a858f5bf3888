public import FunctionKit

/// A store engine in memory that passes the same conformance suite as the engine on files.
///
/// It keeps nothing when the process ends; a commit counts as durable when it is applied.
public final class MemoryStoreEngine: StoreEngine {
    typealias State = PartitionState<[UInt8]>

    private struct Contents {
        var partitions: [TenantName: State] = [:]
        var observers: [@Sendable (CommitNotice) -> Void] = []
        var isClosed = false
    }

    private let clock: any AppClock
    private let contents = LockedState(Contents())

    /// Makes an empty store that takes its times from `clock`.
    public init(clock: any AppClock) { self.clock = clock }

    /// The partition of a tenant.
    public func partition(_ tenant: TenantName) -> any TenantPartition { MemoryPartition(engine: self, tenant: tenant) }

    /// The tenants that have been written to.
    public func tenants() async throws(StoreError) -> [TenantName] {
        try contents.withLock { (contents) throws(StoreError) in
            try Self.check(contents)
            return contents.partitions.filter { $0.value.lastSequence > 0 }.map(\.key).sorted()
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
        _ body: (borrowing State, Timestamp) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        let now = clock.now
        return try contents.withLock { (contents) throws(StoreError) in
            try Self.check(contents)
            return try body(contents.partitions[tenant] ?? State(tenant: tenant), now)
        }
    }

    func declare(_ schema: CollectionSchema, in tenant: TenantName) throws(StoreError) {
        let now = clock.now
        try contents.withLock { (contents) throws(StoreError) in
            try Self.check(contents)
            // No copy of the state may live while it changes, or the change would copy every document.
            let plan = try (contents.partitions[tenant] ?? State(tenant: tenant)).plan(schema, at: now) {
                (record) throws(StoreError) in record.location
            }
            guard let plan else { return }
            let last = contents.partitions[tenant]?.lastSequence ?? 0
            contents.partitions[tenant, default: State(tenant: tenant)].apply(plan, sequence: last > 0 ? last + 1 : nil)
        }
    }

    /// How many expired documents a commit clears away, so that they do not pile up.
    private static let expiredClearedPerCommit = 16

    func commit(_ batch: WriteBatch, to tenant: TenantName) throws(StoreError) -> CommitReceipt {
        let prepared = try PreparedBatch(batch, schemas: try read(tenant) { state, _ in state.schemas })
        let now = clock.now
        let (plan, observers) = try contents.withLock { (contents) throws(StoreError) in
            try Self.check(contents)
            var plan = try (contents.partitions[tenant] ?? State(tenant: tenant)).plan(
                prepared,
                over: PendingChanges(),
                at: now,
                placeholder: []
            )
            let bodies = plan.bodies
            plan.place { bodies[$0] }
            guard !plan.changes.isEmpty else { return (plan, [] as [@Sendable (CommitNotice) -> Void]) }
            contents.partitions[tenant, default: State(tenant: tenant)].apply(plan)
            if let expiry = contents.partitions[tenant]?.planExpiry(
                over: PendingChanges(),
                at: now,
                limit: Self.expiredClearedPerCommit
            ) {
                contents.partitions[tenant]?.apply(expiry, keepsSequence: true)
            }
            return (plan, contents.observers)
        }
        // Outside the lock: an observer may come back to the store.
        for observer in observers { observer(plan.notice(tenant)) }
        return plan.receipt
    }
}

/// One tenant's documents in a ``MemoryStoreEngine``.
struct MemoryPartition: TenantPartition {
    let engine: MemoryStoreEngine
    let tenant: TenantName

    func declare(_ schema: CollectionSchema) async throws(StoreError) { try engine.declare(schema, in: tenant) }

    func get(_ key: DocumentKey) async throws(StoreError) -> StoredDocument? {
        try engine.read(tenant) { state, now in
            state.record(key, at: now).map { $0.document(key.id, body: $0.location) }
        }
    }

    func query(_ query: StoreQuery) async throws(StoreError) -> StoredPage {
        try engine.read(tenant) { (state, now) throws(StoreError) in
            let page = try state.page(query, at: now)
            return StoredPage(
                documents: page.records.map { $0.record.document($0.id, body: $0.record.location) },
                nextCursor: page.nextCursor
            )
        }
    }

    func commit(_ batch: WriteBatch) async throws(StoreError) -> CommitReceipt {
        try engine.commit(batch, to: tenant)
    }

    func collections() async throws(StoreError) -> [(name: CollectionName, documents: Int)] {
        try engine.read(tenant) { state, now in state.counts(at: now) }
    }

    func schema(of collection: CollectionName) async throws(StoreError) -> CollectionSchema? {
        try engine.read(tenant) { state, _ in state.schema(of: collection) }
    }
}
