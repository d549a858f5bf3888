internal import FunctionKit

/// The documents of one tenant of a ``MemoryStoreEngine``.
struct MemoryTenant: Sendable {
    private(set) var state: PartitionState
    private(set) var bodies = MemoryBodies()
    private var removals: RemovalHistory

    init(_ tenant: TenantName, _ removalsKept: Int) {
        state = PartitionState(tenant: tenant)
        removals = RemovalHistory(kept: removalsKept)
    }

    mutating func declare(_ schema: CollectionSchema, _ now: Timestamp) throws(StoreError) -> [CommitNotice] {
        var notices: [CommitNotice] = []
        if state.mustRemoveExpired(for: schema) {
            while let expiry = try planExpiry(now) {
                apply(expiry)
                notices.append(expiry.notice(state.tenant))
            }
        }
        let plan = try state.plan(schema, at: now) { (record) throws(StoreError) in bodies[record.location] }
        guard let plan else { return notices }
        state.apply(plan, sequence: state.lastSequence > 0 ? state.lastSequence + 1 : nil)
        return notices
    }

    private func planExpiry(_ now: Timestamp) throws(StoreError) -> CommitPlan? {
        try state.planExpiry(over: PendingChanges(), at: now, limit: Self.expiredClearedPerCommit) {
            (record) throws(StoreError) in bodies[record.location]
        }
    }

    /// How many expired documents a commit clears away, so that they do not pile up.
    private static let expiredClearedPerCommit = 16

    mutating func commit(
        _ batch: PreparedBatch,
        _ now: Timestamp,
        _ bytesMax: Int?
    ) throws(StoreError) -> (CommitReceipt, [CommitNotice]) {
        let plan = try state.plan(batch, over: PendingChanges(), at: now, bytesMax: bytesMax) {
            (record) throws(StoreError) in bodies[record.location]
        }
        guard !plan.changes.isEmpty else { return (plan.receipt, []) }
        apply(plan)
        let expiry = try planExpiry(now)
        if let expiry { apply(expiry) }
        return (plan.receipt, [plan, expiry].compactMap { $0?.notice(state.tenant) })
    }

    private mutating func apply(_ plan: CommitPlan) {
        var plan = plan
        for change in plan.changes {
            if let old = state.heldRecord(change.key) { bodies.remove(old.location) }
        }
        let new = plan.bodies
        plan.place { bodies.add(new[$0]) }
        state.apply(plan)
        removals.note(plan)
    }

    func changes(after position: ChangePosition, limit: Int, _ now: Timestamp) throws(StoreError) -> ChangePage {
        let page = try state.changes(after: position, limit: limit, removals: removals, at: now)
        return ChangePage(
            changes: page.changes.map { change in
                DocumentChange(
                    key: change.key,
                    revision: change.revision,
                    document: change.record.map { $0.document(change.key.id, body: bodies[$0.location]) }
                )
            },
            position: page.position,
            isAtEnd: page.isAtEnd
        )
    }
}

/// Bodies under numbers, which stand as offsets in their locations; the number of a removed body is used again.
struct MemoryBodies: Sendable {
    private var bodies: [[UInt8]] = []
    private var free: [Int] = []

    subscript(location: BodyLocation) -> [UInt8] { bodies[location.offset] }

    mutating func add(_ body: [UInt8]) -> BodyLocation {
        let number = free.popLast() ?? bodies.count
        if number == bodies.count { bodies.append(body) } else { bodies[number] = body }
        return BodyLocation(file: 0, offset: number, count: body.count, checksum: 0)
    }

    mutating func remove(_ location: BodyLocation) {
        bodies[location.offset] = []
        free.append(location.offset)
    }
}
