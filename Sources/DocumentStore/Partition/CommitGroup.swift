internal import FunctionKit

/// The batches that share one write and one sync, while they are put together.
struct CommitGroup {
    /// A line of the group.
    struct Line: Sendable {
        var sequence: Int64
        /// Where it begins in the group's bytes.
        var offset: Int
        var removals: Int
    }

    /// A request's place among the outcomes, and its outcome if the write succeeds.
    private(set) var outcomes: [Result<LogPartition.Answer, StoreError>] = []
    /// The batches that change something, with their bodies' places relative to the group's beginning.
    private(set) var plans: [CommitPlan] = []
    private(set) var lines: [Line] = []
    private(set) var writer: LogLineWriter
    private var pending: PendingChanges
    private let firstSequence: Int64

    /// True when a request failed because a document could not be read.
    var hasFailedRead: Bool {
        outcomes.contains { outcome in
            if case .failure(let error) = outcome {
                error.code == .unavailable || error.code == .damaged
            } else {
                false
            }
        }
    }

    /// Begins a group behind a batch.
    ///
    /// - Parameter works: what is going to be added, for the memory that it needs.
    init(after sequence: Int64, works: [LogPartition.Request.Work] = []) {
        firstSequence = sequence + 1
        var writes = 0
        var bytes = 0
        for case .commit(let batch) in works {
            writes += batch.count
            bytes += batch.bytes
        }
        outcomes.reserveCapacity(works.count)
        plans.reserveCapacity(works.count)
        lines.reserveCapacity(works.count)
        pending = PendingChanges(capacity: writes)
        writer = LogLineWriter(capacity: bytes + works.count * Self.lineBytes + writes * Self.writeBytes)
    }

    /// About how many bytes a line has beside its writes, and a write beside its body.
    private static let lineBytes = 96
    private static let writeBytes = 80

    /// Decides one request against the state and the requests before it, and adds its line.
    mutating func add(
        _ work: LogPartition.Request.Work,
        on state: borrowing PartitionState,
        at now: Timestamp,
        bytesMax: Int?,
        body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) {
        do throws(StoreError) {
            switch work {
            case .commit(let batch):
                let plan = try state.plan(batch, over: pending, at: now, bytesMax: bytesMax, body: body)
                outcomes.append(.success(.receipt(plan.receipt)))
                append(plan)
            case .sweep(let limit):
                let plan = try state.planExpiry(over: pending, at: now, limit: limit, body: body)
                outcomes.append(.success(.removed(plan?.changes.count ?? 0)))
                if let plan { append(plan) }
            case .open, .declare, .compact, .hint: outcomes.append(.success(.done))
            }
        } catch {
            outcomes.append(.failure(error))
        }
    }

    private mutating func append(_ plan: consuming CommitPlan) {
        guard !plan.changes.isEmpty else { return }
        let offset = writer.bytes.count
        writer.batch(&plan, group: firstSequence)
        pending.add(plan)
        lines.append(Line(sequence: plan.revision.rawValue, offset: offset, removals: plan.removals))
        plans.append(plan)
    }
}

extension CommitPlan {
    /// How many documents it removes.
    var removals: Int {
        changes.reduce(0) { count, change in
            if case .delete = change.effect { count + 1 } else { count }
        }
    }
}
