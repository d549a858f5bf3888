internal import FunctionKit

/// What all partitions of an engine share.
struct PartitionServices: Sendable {
    let folder: DataFolder
    let disk: any Disk
    let handles: FileHandles
    let workers: any Workers
    let clock: any AppClock
    let logger: Logger
    let isReadOnly: Bool
    let compactionSlackBytes: Int
    let notify: @Sendable (CommitNotice) -> Void
}

/// One tenant's log with its documents' state in memory.
///
/// Reads look at the state under the lock and fetch bodies from the file outside of it; they never wait for a commit. Writes are
/// queued; one worker at a time takes all that wait, checks them in order, writes their lines with one write, makes them durable
/// with one sync, and only then makes them visible and acknowledges them. So the state never shows what a crash could take away,
/// and the worker alone changes it.
final class LogPartition: Sendable {
    /// A write that waits for its turn.
    struct Request: Sendable {
        enum Work: Sendable {
            case open
            case commit(PreparedBatch)
            case sweep(limit: Int)
            case declare(CollectionSchema)
            case compact
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
        /// False until the first batch makes the log.
        var hasLog = false
        /// Where the next line goes.
        var end = 0
        /// The removals since the log was opened.
        var removals = RemovalHistory()
        /// The size that the log had after it was last rewritten; 0 for never.
        var snapshotBytes = 0
        /// The log is not rewritten before it is longer than this; grows when rewriting failed.
        var compactionFloor = 0
        /// Grows when locations change their meaning because the log is rewritten.
        var generation = 0
        /// Why nothing is written any more.
        var writeFailure: StoreError?
        /// The file that locations refer to, while its path may lead to another: in a folder that somebody else writes to, and
        /// while the log is being replaced.
        var pinned: (any DiskFile)?
        var queue: [Request] = []
        var isScheduled = false
    }

    let tenant: TenantName
    let services: PartitionServices
    let inner: LockedState<Inner>

    var path: String { services.folder.log(of: tenant) }

    init(tenant: TenantName, services: PartitionServices) {
        self.tenant = tenant
        self.services = services
        inner = LockedState(Inner(state: PartitionState(tenant: tenant)))
    }

    /// Queues a piece of work and waits for its end.
    func perform(_ work: Request.Work) async throws(StoreError) -> Answer {
        let result = await withCheckedContinuation { continuation in
            let (refusal, mustSchedule) = inner.withLock { inner -> (StoreError?, Bool) in
                switch inner.phase {
                case .failed(let error): return (error, false)
                case .retired: return (Self.retired, false)
                case .unopened, .open: break
                }
                inner.queue.append(Request(work: work, continuation: continuation))
                defer { inner.isScheduled = true }
                return (nil, !inner.isScheduled)
            }
            if let refusal { continuation.resume(returning: .failure(refusal)) }
            if mustSchedule { services.workers.submit { self.work() } }
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
        inner.withLock { inner in
            guard !inner.isScheduled, inner.queue.isEmpty, inner.writeFailure == nil else { return false }
            inner.phase = .retired
            inner.state = PartitionState(tenant: tenant)
            inner.pinned = nil
            return true
        }
    }

    /// Refuses every later call with `error`, after what has begun.
    func stop(_ error: StoreError) async {
        while true {
            let isIdle = inner.withLock { inner in
                guard !inner.isScheduled, inner.queue.isEmpty else { return false }
                inner.phase = .failed(error)
                inner.state = PartitionState(tenant: tenant)
                inner.pinned = nil
                return true
            }
            if isIdle { return }
            _ = try? await perform(.open)
        }
    }

    /// Does what waits. Only one worker at a time is here.
    private func work() {
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
            case .declare, .compact:
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
        case .compact:
            try compact()
            requests[0].continuation.resume(returning: .success(.done))
        case nil: break
        default: commit(requests)
        }
    }
}
