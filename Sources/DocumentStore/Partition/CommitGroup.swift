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
    private(set) var writer = LogLineWriter()
    private var pending = PendingChanges()
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

    init(after sequence: Int64) { firstSequence = sequence + 1 }

    private static let nowhere = BodyLocation(file: 0, offset: 0, count: 0, checksum: 0)

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
                append(plan)
                outcomes.append(.success(.receipt(plan.receipt)))
            case .sweep(let limit):
                let plan = try state.planExpiry(over: pending, at: now, limit: limit, body: body)
                if let plan { append(plan) }
                outcomes.append(.success(.removed(plan?.changes.count ?? 0)))
            case .open, .declare, .compact, .hint: outcomes.append(.success(.done))
            }
        } catch {
            outcomes.append(.failure(error))
        }
    }

    private mutating func append(_ plan: CommitPlan) {
        guard !plan.changes.isEmpty else { return }
        var plan = plan
        let offset = writer.bytes.count
        let locations = writer.batch(plan, group: firstSequence)
        plan.place { locations[$0] }
        pending.add(plan)
        plans.append(plan)
        lines.append(Line(sequence: plan.revision.rawValue, offset: offset, removals: plan.removals))
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
