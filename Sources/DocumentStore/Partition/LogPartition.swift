internal import FunctionKit
internal import Synchronization

/// What all partitions of an engine share.
struct PartitionServices: Sendable {
    let folder: DataFolder
    let disk: any Disk
    let handles: FileHandles
    let cache: DocumentCache
    let recent: RecentWrites
    /// For commits.
    let workers: any Workers
    /// For reading a log when its tenant is first used, which may take long.
    let openers: any Workers
    /// For compaction and hints.
    let maintenance: any Workers
    let clock: any AppClock
    let logger: Logger
    let isReadOnly: Bool
    let limits: FileStoreEngine.Limits
    /// How many documents all tenants in memory have together.
    let openDocuments: OpenDocuments
    /// Tells of commits in their order.
    let notify: @Sendable ([CommitNotice]) -> Void

    var access: LogAccess {
        LogAccess(folder: folder, handles: handles, logger: logger, isReadOnly: isReadOnly)
    }
}

/// A count of the documents in memory.
final class OpenDocuments: Sendable {
    private let total = Atomic(0)

    var count: Int { total.load(ordering: .relaxed) }
    func add(_ change: Int) { total.add(change, ordering: .relaxed) }
}

/// One tenant's log with its documents' state in memory.
///
/// Reads look at the state under the lock and fetch bodies from the file outside of it; they never wait for a commit. Writes are
/// queued; one worker at a time takes all that wait, checks them in order, writes their lines with one write, makes them durable
/// with one sync, and only then makes them visible and acknowledges them. So the state never shows what a crash could take away,
/// and the worker alone changes it, but for the places of bodies, which a compaction moves.
final class LogPartition: Sendable {
    /// A write that waits for its turn.
    struct Request: Sendable {
        enum Work: Sendable {
            case open
            case commit(PreparedBatch)
            case sweep(limit: Int)
            case declare(CollectionSchema)
            case compact
            case hint
        }

        var work: Work
        var continuation: CheckedContinuation<Result<Answer, StoreError>, Never>
    }

    enum Answer: Sendable {
        case done
        case receipt(CommitReceipt)
        case removed(Int)
    }

    enum Phase {
        case unopened
        case open
        /// Damaged or closed: every call fails with this.
        case failed(StoreError)
        /// Forgotten by the engine; callers look the tenant up again.
        case retired
    }

    struct Inner {
        var phase = Phase.unopened
        var state: PartitionState
        /// The files of the log in order; the last one takes what is written. Empty until the first batch.
        var segments: [Segment] = []
        /// Files that a compaction has replaced, for as long as locations refer to them.
        var retiring: [Segment] = []
        var nextFileNumber = 0
        /// Removals up to this number may be missing from the log.
        var removalsSince: Int64 = 0
        /// The bytes of the log when it was last compacted; 0 for never.
        var compactedBytes = 0
        /// The log is not compacted before it is longer than this; grows when compacting failed.
        var compactionFloor = 0
        /// How many bytes of the log the hint file stands for.
        var hintedBytes = 0
        /// The log is hinted no more before it is longer than this; grows when that failed.
        var hintFloor = 0
        /// Grows when files are removed, so that a reader who found one gone looks again.
        var generation = 0
        /// What tells this log's locations from another's in the cache.
        var cacheNumber: UInt32
        /// Why nothing is written any more.
        var writeFailure: StoreError?
        var queue: [Request] = []
        var isScheduled = false
        var maintenance: (any MaintenanceJob)?
        var maintenanceWaiters: [CheckedContinuation<Result<Answer, StoreError>, Never>] = []
        /// Compactions that were asked for while other maintenance went on.
        var postponedCompactions: [CheckedContinuation<Result<Answer, StoreError>, Never>] = []
        var isStopping = false

        /// The bytes of all segments.
        var logBytes: Int { segments.reduce(0) { $0 + $1.end } }
    }

    let tenant: TenantName
    let services: PartitionServices
    let inner: LockedState<Inner>
    /// When it was used last, in the engine's count of uses.
    let lastUse = Atomic<UInt64>(0)

    init(tenant: TenantName, services: PartitionServices) {
        self.tenant = tenant
        self.services = services
        inner = LockedState(Inner(state: PartitionState(tenant: tenant), cacheNumber: services.cache.nextNumber()))
    }

    /// Queues a piece of work and waits for its end.
    func perform(_ work: Request.Work) async throws(StoreError) -> Answer {
        let result = await withCheckedContinuation { continuation in
            let (refusal, workers) = inner.withLock { inner -> (StoreError?, (any Workers)?) in
                switch inner.phase {
                case .failed(let error): return (error, nil)
                case .retired: return (Self.retired, nil)
                case .unopened, .open: break
                }
                inner.queue.append(Request(work: work, continuation: continuation))
                guard !inner.isScheduled else { return (nil, nil) }
                inner.isScheduled = true
                if case .open = inner.phase { return (nil, services.workers) }
                return (nil, services.openers)
            }
            if let refusal { continuation.resume(returning: .failure(refusal)) }
            workers?.submit { self.work() }
        }
        return try result.get()
    }

    /// How a call learns that it holds a forgotten partition; the engine tries again and no caller of the store sees it.
    static let retired = StoreError(.closed, "The tenant was put away.")

    /// Why this tenant is stopped or takes no writes; nil when all is well.
    var trouble: StoreError? {
        inner.withLock { inner in
            if case .failed(let error) = inner.phase { error } else { inner.writeFailure }
        }
    }

    var isRetired: Bool {
        inner.withLock { inner in
            if case .retired = inner.phase { true } else { false }
        }
    }

    /// Forgets the documents if nothing is going on, so that the engine can drop this object; false when something is.
    func retire() -> Bool {
        let segments = inner.withLock { inner -> [Segment]? in
            guard !inner.isScheduled, inner.queue.isEmpty, inner.maintenance == nil, inner.writeFailure == nil else {
                return nil
            }
            return forgetEverything(&inner, .retired)
        }
        for segment in segments ?? [] { segment.file.close() }
        return segments != nil
    }

    /// Refuses every later call with `error`, after what has begun. Maintenance is given up, but a hint is written if it spares
    /// the next start much reading.
    func stop(_ error: StoreError) async {
        inner.withLock { $0.isStopping = true }
        while true {
            let segments = inner.withLock { inner -> [Segment]? in
                guard !inner.isScheduled, inner.queue.isEmpty, inner.maintenance == nil,
                    !isHintWorthwhile(inner, slack: services.limits.hintSlackBytesAtClose)
                else { return nil }
                inner.phase = .failed(error)
                return inner.segments
            }
            if let segments {
                cutRoomAtClose()
                _ = inner.withLock { forgetEverything(&$0, .failed(error)) }
                for segment in segments { segment.file.close() }
                return
            }
            await endOfMaintenance()
            _ = try? await perform(.hint)
        }
    }

    private func forgetEverything(_ inner: inout Inner, _ phase: Phase) -> [Segment] {
        services.openDocuments.add(-inner.state.documentCount)
        inner.phase = phase
        inner.state = PartitionState(tenant: tenant)
        defer { inner.segments = [] }
        return inner.segments
    }

    /// Waits until no maintenance goes on.
    func endOfMaintenance() async {
        _ = await withCheckedContinuation { continuation in
            let isOver = inner.withLock { inner in
                guard inner.maintenance != nil else { return true }
                inner.maintenanceWaiters.append(continuation)
                return false
            }
            if isOver { continuation.resume(returning: .success(.done)) }
        }
    }

    /// Does what waits. Only one worker at a time is here.
    func work() {
        let requests = inner.withLock { inner in Self.takeGroup(&inner.queue) }
        do throws(StoreError) {
            try openIfNeeded()
            try process(requests)
        } catch {
            for request in requests { request.continuation.resume(returning: .failure(error)) }
        }
        let goesOn = inner.withLock { inner in
            inner.isScheduled = !inner.queue.isEmpty
            return inner.isScheduled
        }
        // To the end of the line, so that a busy tenant does not hold a worker for itself.
        if goesOn { services.workers.submit { self.work() } }
    }

    /// The most bytes of bodies in one group; a batch alone may have more.
    private static let groupBytesMax = 8 << 20

    /// Takes the commits up to the next piece of work that needs the log for itself, or that one piece.
    private static func takeGroup(_ queue: inout [Request]) -> [Request] {
        var count = 0
        var bytes = 0
        loop: for request in queue {
            switch request.work {
            case .commit(let batch):
                bytes += batch.bytes
                if count > 0, bytes > groupBytesMax { break loop }
                count += 1
            case .sweep, .open: count += 1
            case .declare, .compact, .hint:
                if count == 0 { count = 1 }
                break loop
            }
        }
        let group = Array(queue[..<count])
        queue.removeSubrange(..<count)
        return group
    }

    private func process(_ requests: [Request]) throws(StoreError) {
        switch requests.first?.work {
        case .declare(let schema):
            try declare(schema)
            requests[0].continuation.resume(returning: .success(.done))
        case .compact: compact(requests[0].continuation)
        case .hint:
            try writeHintNow()
            requests[0].continuation.resume(returning: .success(.done))
        case nil: break
        default: commit(requests)
        }
    }
}
