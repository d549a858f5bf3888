internal import FunctionKit

/// The batches that share one write and one sync, while they are put together.
struct CommitGroup {
    /// A request's place among the outcomes, and its outcome if the write succeeds.
    private(set) var outcomes: [Result<LogPartition.Answer, StoreError>] = []
    /// The batches that change something, with their bodies' places relative to the group's beginning.
    private(set) var plans: [CommitPlan<LogLocation>] = []
    private(set) var writer = LogLineWriter()
    private var pending = PendingChanges<LogLocation>()
    private let firstSequence: Int64

    init(after sequence: Int64) { firstSequence = sequence + 1 }

    private static let nowhere = LogLocation(offset: 0, count: 0)

    /// Checks one request against the state and the requests before it, and adds its line.
    mutating func add(
        _ work: LogPartition.Request.Work,
        to state: borrowing PartitionState<LogLocation>,
        at now: Timestamp
    ) {
        switch work {
        case .commit(let batch):
            do throws(StoreError) {
                let plan = try state.plan(batch, over: pending, at: now, placeholder: Self.nowhere)
                append(plan, state)
                outcomes.append(.success(.receipt(plan.receipt)))
            } catch {
                outcomes.append(.failure(error))
            }
        case .sweep(let limit):
            let plan = state.planExpiry(over: pending, at: now, limit: limit)
            if let plan { append(plan, state) }
            outcomes.append(.success(.removed(plan?.changes.count ?? 0)))
        case .open, .declare, .compact:
            outcomes.append(.success(.done))
        }
    }

    private mutating func append(_ plan: CommitPlan<LogLocation>, _ state: borrowing PartitionState<LogLocation>) {
        guard !plan.changes.isEmpty else { return }
        var plan = plan
        let locations = writer.batch(plan, group: firstSequence)
        plan.place { locations[$0] }
        pending.add(plan, state: state)
        plans.append(plan)
    }
}
