internal import FunctionKit

/// The batches that share one write and one sync, while they are put together.
struct CommitGroup {
    /// A request's place among the outcomes, and its outcome if the write succeeds.
    private(set) var outcomes: [Result<LogPartition.Answer, StoreError>] = []
    /// The batches that change something, with their bodies' places relative to the group's beginning.
    private(set) var plans: [CommitPlan] = []
    private(set) var writer = LogLineWriter()
    private var pending = PendingChanges()
    private let firstSequence: Int64

    init(after sequence: Int64) { firstSequence = sequence + 1 }

    /// Decides one request against the state and the requests before it; nil when it needs no line.
    func plan(
        _ work: LogPartition.Request.Work,
        on state: borrowing PartitionState,
        at now: Timestamp,
        body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) -> Result<CommitPlan?, StoreError> {
        do throws(StoreError) {
            switch work {
            case .commit(let batch): return .success(try state.plan(batch, over: pending, at: now, body: body))
            case .sweep(let limit):
                return .success(try state.planExpiry(over: pending, at: now, limit: limit, body: body))
            case .open, .declare, .compact: return .success(nil)
            }
        } catch {
            return .failure(error)
        }
    }

    /// Adds a request with what was decided, and its line.
    mutating func add(_ work: LogPartition.Request.Work, _ decision: Result<CommitPlan?, StoreError>) {
        switch (work, decision) {
        case (_, .failure(let error)): outcomes.append(.failure(error))
        case (.commit, .success(.some(let plan))):
            append(plan)
            outcomes.append(.success(.receipt(plan.receipt)))
        case (.sweep, .success(let plan)):
            if let plan { append(plan) }
            outcomes.append(.success(.removed(plan?.changes.count ?? 0)))
        default: outcomes.append(.success(.done))
        }
    }

    private mutating func append(_ plan: CommitPlan) {
        guard !plan.changes.isEmpty else { return }
        var plan = plan
        let locations = writer.batch(plan, group: firstSequence)
        plan.place { locations[$0] }
        pending.add(plan)
        plans.append(plan)
    }
}
