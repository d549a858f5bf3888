package import FunctionKit
internal import Synchronization

/// The store engine on files: one append-only log in JSON Lines for each tenant below a data folder, with an index in memory.
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
        /// How many segment files are open at once.
        package var openFilesMax = 256
        /// How many tenants have their index in memory at once; those that were not used for the longest time are put away.
        package var openTenantsMax = 10_000
        /// How many documents the tenants in memory may have together before some are put away: about 1 GiB of index. A tenant
        /// that is larger by itself is opened nevertheless.
        package var openDocumentsMax = 10_000_000
        /// How many bytes the documents of one tenant may have together; nil for no bound but the disk. Beyond it, a batch
        /// that adds more than it removes is refused with `quotaExceeded`.
        package var tenantBytesMax: Int?
        /// How many threads write commits.
        package var workersMax = 8
        /// How many threads read logs of tenants that are used for the first time.
        package var openersMax = 4
        /// How many threads compact logs and write hint files.
        package var maintenanceWorkersMax = 2
        /// A segment file that is longer than this is followed by a new one.
        package var segmentBytesMax = 1 << 30
        /// How much room is written ahead at the end of a log.
        package var room = LogRoom()
        /// A log is compacted when its dead bytes exceed its live ones by this.
        package var compactionSlackBytes = 64 << 20
        /// A hint file is written when the log behind the last one is longer than this and than a quarter of the log before.
        package var hintSlackBytes = 4 << 20
        /// The same when the store closes, which is the last chance to spare the next start some reading.
        package var hintSlackBytesAtClose = 1 << 20
        /// How many of the newest removals stay in a compacted log for readers of changes.
        package var removalsKept = StoreLimits.removalsKept
        /// How many expired documents are removed in one batch.
        package var sweepDocumentsMax = 500
        /// How many tenants that are not in memory one sweep looks into, so that all have their turn.
        package var sweepTenantsMax = 4
        /// How many documents of up to 4 KiB are kept for the next reader.
        package var cachedDocumentsMax = 8192
        /// How many bytes of what was last written to the logs of all tenants are kept for those who read it at once: 4 MiB.
        package var recentBytesMax = 4 << 20

        /// The defaults.
        package init() {}
    }

    private struct Table {
        var logs: [TenantName: LogPartition] = [:]
        var lock: (any DiskFile)?
        var isClosed = false
        /// The tenant that was swept last among those not in memory.
        var lastSwept: TenantName?
    }

    /// True when the folder's lock is ours.
    package let isExclusive: Bool

    private let folder: DataFolder
    private let services: PartitionServices
    private let limits: Limits
    private let observers: Observers
    private let table: LockedState<Table>
    private let uses = Atomic<UInt64>(0)

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
        isExclusive = mode == .exclusive
        self.folder = folder
        self.limits = limits
        self.observers = observers
        self.table = LockedState(table)
        let isReadOnly = mode == .readOnly
        services = PartitionServices(
            folder: folder,
            disk: disk,
            // The names of files that somebody else may replace lead nowhere later, so those stay open.
            handles: FileHandles(disk: disk, countMax: isReadOnly ? nil : limits.openFilesMax),
            cache: DocumentCache(countMax: limits.cachedDocumentsMax),
            recent: RecentWrites(bytesMax: limits.recentBytesMax),
            workers: workers ?? WorkerPool(count: limits.workersMax),
            openers: workers ?? WorkerPool(count: limits.openersMax),
            maintenance: workers ?? WorkerPool(count: limits.maintenanceWorkersMax),
            clock: clock,
            logger: logger,
            isReadOnly: isReadOnly,
            limits: limits,
            openDocuments: OpenDocuments(),
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

    /// Removes documents whose moment has come, durably; the host calls this from time to time. Such documents are invisible
    /// before; this gives their memory and, with the next compaction, their place in the log back.
    ///
    /// All tenants in memory are swept; of the others a few each time, in turn.
    /// - Returns: how many were removed.
    /// - Throws: the first tenant's ``StoreError``, after all have been tried.
    @discardableResult
    package func sweepExpired() async throws(StoreError) -> Int {
        try check()
        let now = services.clock.now
        var removed = 0
        var failure: StoreError?
        let open = table.withLock { table in table.logs.values.sorted { $0.tenant < $1.tenant } }
        for log in try open + notOpen(besides: Set(open.map(\.tenant))) {
            do throws(StoreError) {
                try await log.opened()
                removed += try await sweep(log, now)
            } catch {
                if !log.isRetired { failure = failure ?? error }
            }
        }
        if let failure { throw failure }
        return removed
    }

    private func sweep(_ log: LogPartition, _ now: Timestamp) async throws(StoreError) -> Int {
        var removed = 0
        while let next = try log.look({ $0.nextExpiry }), next <= now {
            guard case .removed(let count) = try await log.perform(.sweep(limit: limits.sweepDocumentsMax)), count > 0
            else { break }
            removed += count
        }
        return removed
    }

    /// The next tenants in turn among those that are not in memory.
    private func notOpen(besides open: Set<TenantName>) throws(StoreError) -> [LogPartition] {
        guard !services.isReadOnly else { return [] }
        let names = try onDisk { () throws(DiskError) in try folder.disk.names(in: folder.tenantsPath) ?? [] }
        let others = names.compactMap { try? TenantName($0) }.filter { !open.contains($0) }.sorted()
        let last = table.withLock { $0.lastSwept }
        let inTurn = others.filter { tenant in last.map { tenant > $0 } ?? true } + others
        let chosen = Array(inTurn.prefix(min(limits.sweepTenantsMax, others.count)))
        table.withLock { $0.lastSwept = chosen.last ?? last }
        var logs: [LogPartition] = []
        for tenant in chosen {
            let log = try log(of: tenant)
            // Whoever needs the room may have this one's first.
            log.lastUse.store(0, ordering: .relaxed)
            logs.append(log)
        }
        return logs
    }

    /// Rewrites what a tenant's log holds, so that nothing is left but the documents that exist and the newest removals; returns
    /// when that is done. Writers go on meanwhile.
    package func compact(_ tenant: TenantName) async throws(StoreError) {
        try await withLog(of: tenant) { (log) async throws(StoreError) in _ = try await log.perform(.compact) }
    }

    /// The tenants in use that are stopped, because their log is damaged, or that take no writes any more, because the disk
    /// failed; in ascending order, each with its reason. For health checks.
    package var troubledTenants: [(tenant: TenantName, reason: StoreError)] {
        table.withLock { Array($0.logs.values) }
            .compactMap { log in log.trouble.map { (tenant: log.tenant, reason: $0) } }
            .sorted { $0.tenant < $1.tenant }
    }

    /// How many segment files are open now, at most ``Limits/openFilesMax``.
    package var openFiles: Int { services.handles.count }

    /// Waits for the writes that have begun, then gives the folder back.
    package func close() async {
        let logs = table.withLock { table in
            table.isClosed = true
            return table.logs.values.sorted { $0.tenant < $1.tenant }
        }
        for log in logs { await log.stop(Self.closed) }
        services.handles.closeAll()
        table.withLock { table in
            table.logs.removeAll()
            table.lock = nil
        }
    }

    private func check() throws(StoreError) {
        guard !table.withLock({ $0.isClosed }) else { throw Self.closed }
    }

    private static let closed = StoreError(.closed, "The store is closed.")

    /// Says that a log is in use, so that it is not the one to be put away.
    func noteUse(of log: LogPartition) {
        log.lastUse.store(uses.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
    }

    /// Runs `body` on a tenant's log once that has been read; once more if it was put away in between.
    func withLog<Result>(
        of tenant: TenantName,
        _ body: (LogPartition) async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        while true {
            let log = try log(of: tenant)
            noteUse(of: log)
            do throws(StoreError) {
                try await log.opened()
                return try await body(log)
            } catch {
                guard log.isRetired else { throw error }
            }
        }
    }

    /// The log of a tenant, which may not have been read yet.
    func log(of tenant: TenantName) throws(StoreError) -> LogPartition {
        try table.withLock { (table) throws(StoreError) in
            guard !table.isClosed else { throw Self.closed }
            if let known = table.logs[tenant] { return known }
            if isFull(table) { putAway(&table) }
            let log = LogPartition(tenant: tenant, services: services)
            noteUse(of: log)
            table.logs[tenant] = log
            return log
        }
    }

    /// Asked whenever a tenant is opened, so counting costs little beside that.
    private func isFull(_ table: borrowing Table) -> Bool {
        if table.logs.count >= limits.openTenantsMax { return true }
        return services.openDocuments.count > limits.openDocumentsMax
    }

    /// Forgets a quarter of the tenants, those that were not used for the longest time, as far as nothing goes on there.
    private func putAway(_ table: inout Table) {
        // The uses as they are at this moment, since they change while they are sorted.
        let uses = table.logs.values.map { (log: $0, use: $0.lastUse.load(ordering: .relaxed)) }
        let oldest = uses.sorted { ($0.use, $0.log.tenant.description) < ($1.use, $1.log.tenant.description) }
        for (log, _) in oldest.prefix(max(oldest.count / 4, 1)) where log.retire() { table.logs[log.tenant] = nil }
    }
}
