package import FunctionKit

/// The store engine on files: one append-only JSON Lines log for each tenant below a data folder, with an index in memory.
///
/// A commit is acknowledged when its line is durable (`fdatasync`); writers that wait at the same time share one write and one
/// sync. After a crash the log is cut back to its last whole batch. A log that is damaged further up stops its tenant and no
/// other. See ``LogLine`` for the format and ``LogPartition`` for the order of things.
package final class FileStoreEngine: StoreEngine {
    /// Who may use the folder meanwhile.
    package enum Mode: Sendable {
        /// This process alone: the folder is locked, and made if it is missing.
        case exclusive
        /// Anyone: nothing is locked, made, cut or written, and each tenant shows the moment of its first use. For looking into
        /// the folder of a running host.
        case readOnly
    }

    /// The bounds of an engine.
    package struct Limits: Sendable {
        /// How many log files are open at once.
        package var openFilesMax = 256
        /// How many tenants have their index in memory at once; the one that was not used for the longest time is put away.
        package var openTenantsMax = 10_000
        /// How many threads wait for the disk.
        package var workersMax = 8
        /// A log is rewritten when its dead bytes exceed its live ones by this.
        package var compactionSlackBytes = 64 << 20
        /// How many expired documents are removed in one batch.
        package var sweepDocumentsMax = 500

        /// The defaults.
        package init() {}
    }

    private struct Table {
        var partitions: [TenantName: (partition: LogPartition, use: UInt64)] = [:]
        var uses: UInt64 = 0
        var lock: (any DiskFile)?
        var isClosed = false
    }

    private let folder: DataFolder
    private let services: PartitionServices
    private let limits: Limits
    private let observers: Observers
    private let table: LockedState<Table>

    /// Opens a data folder; tenants are opened on their first use.
    ///
    /// - Parameter workers: who runs what blocks; nil for threads of the engine's own.
    /// - Throws: ``StoreError`` with `locked` when another process has the folder, naming it, and with `unavailable` when it
    ///   cannot be read or written, or has a format that is not known.
    package init(
        path: String,
        mode: Mode,
        clock: any AppClock,
        logger: Logger,
        disk: any Disk = SystemDisk(),
        workers: (any Workers)? = nil,
        limits: Limits = Limits()
    ) throws(StoreError) {
        let folder = DataFolder(path: path, disk: disk)
        var table = Table()
        switch mode {
        case .exclusive: table.lock = try folder.openExclusively()
        case .readOnly: try folder.openForReading()
        }
        let observers = Observers()
        self.folder = folder
        self.limits = limits
        self.observers = observers
        self.table = LockedState(table)
        services = PartitionServices(
            folder: folder,
            disk: disk,
            handles: FileHandles(disk: disk, countMax: limits.openFilesMax),
            workers: workers ?? WorkerPool(count: limits.workersMax),
            clock: clock,
            logger: logger,
            isReadOnly: mode == .readOnly,
            compactionSlackBytes: limits.compactionSlackBytes,
            notify: { observers.notify($0) }
        )
    }

    /// The partition of a tenant.
    package func partition(_ tenant: TenantName) -> any TenantPartition { FilePartition(engine: self, tenant: tenant) }

    /// The tenants that have a log.
    package func tenants() async throws(StoreError) -> [TenantName] {
        try check()
        return try onDisk { () throws(DiskError) in try folder.tenants() }
    }

    /// Calls `observer` after every durable commit.
    package func observeCommits(_ observer: @escaping @Sendable (CommitNotice) -> Void) { observers.add(observer) }

    /// Removes the documents of opened tenants whose moment has come, durably; the host calls this from time to time. Such
    /// documents are invisible before; this gives their memory and, with the next compaction, their place in the log back.
    ///
    /// - Returns: how many were removed.
    /// - Throws: the first tenant's ``StoreError``, after all have been tried.
    @discardableResult
    package func sweepExpired() async throws(StoreError) -> Int {
        try check()
        let now = services.clock.now
        var removed = 0
        var failure: StoreError?
        for partition in table.withLock({ $0.partitions.values.map(\.partition) }) {
            do throws(StoreError) {
                removed += try await sweep(partition, now)
            } catch {
                if !(error.code == .closed && partition.isRetired) { failure = failure ?? error }
            }
        }
        if let failure { throw failure }
        return removed
    }

    private func sweep(_ partition: LogPartition, _ now: Timestamp) async throws(StoreError) -> Int {
        var removed = 0
        while let next = try partition.look({ $0.nextExpiry }), next <= now {
            guard case .removed(let count) = try await partition.perform(.sweep(limit: limits.sweepDocumentsMax)),
                count > 0
            else { break }
            removed += count
        }
        return removed
    }

    /// Rewrites a tenant's log so that it holds nothing but the documents that exist.
    package func compact(_ tenant: TenantName) async throws(StoreError) {
        try await withPartition(tenant) { (partition) async throws(StoreError) in
            _ = try await partition.perform(.compact)
        }
    }

    /// The tenants in use that are stopped, because their log is damaged, or that take no writes any more, because the disk
    /// failed; in ascending order, each with its reason. For health checks.
    package var troubledTenants: [(tenant: TenantName, reason: StoreError)] {
        table.withLock { $0.partitions.values.map(\.partition) }
            .compactMap { partition in partition.trouble.map { (tenant: partition.tenant, reason: $0) } }
            .sorted { $0.tenant < $1.tenant }
    }

    /// Waits for the writes that have begun, then gives the folder back.
    package func close() async {
        let partitions = table.withLock { table in
            table.isClosed = true
            return table.partitions.values.map(\.partition)
        }
        for partition in partitions { await partition.stop(Self.closed) }
        services.handles.forgetAll()
        table.withLock { table in
            table.partitions.removeAll()
            table.lock = nil
        }
    }

    private func check() throws(StoreError) {
        guard !table.withLock({ $0.isClosed }) else { throw Self.closed }
    }

    private static let closed = StoreError(.closed, "The store is closed.")

    /// Runs `body` on the tenant's log, once more if it was put away in between.
    func withPartition<Result>(
        _ tenant: TenantName,
        _ body: (LogPartition) async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        while true {
            let partition = try partition(of: tenant)
            do throws(StoreError) {
                return try await body(partition)
            } catch {
                guard error.code == .closed, partition.isRetired else { throw error }
            }
        }
    }

    private func partition(of tenant: TenantName) throws(StoreError) -> LogPartition {
        try table.withLock { (table) throws(StoreError) in
            guard !table.isClosed else { throw Self.closed }
            table.uses += 1
            if let known = table.partitions[tenant]?.partition {
                table.partitions[tenant] = (known, table.uses)
                return known
            }
            if table.partitions.count >= limits.openTenantsMax { Self.putAway(&table) }
            let partition = LogPartition(tenant: tenant, services: services)
            table.partitions[tenant] = (partition, table.uses)
            return partition
        }
    }

    /// Forgets a quarter of the tenants, those that were not used for the longest time, as far as nothing goes on there.
    private static func putAway(_ table: inout Table) {
        let oldest = table.partitions.sorted { $0.value.use < $1.value.use }
        for (tenant, entry) in oldest.prefix(max(oldest.count / 4, 1)) where entry.partition.retire() {
            table.partitions[tenant] = nil
        }
    }
}
