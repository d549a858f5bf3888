internal import FunctionKit
internal import Synchronization

extension LogPartition {
    /// Declares a collection's indexes, durably once the tenant has a log.
    func declare(_ schema: CollectionSchema) throws(StoreError) {
        guard let (plan, sequence, hasLog) = try plan(schema) else { return }
        let isLogged = hasLog && !services.isReadOnly
        if isLogged {
            var writer = LogLineWriter()
            try writer.schema(schema, sequence: sequence, group: sequence, at: services.clock.now)
            _ = try append(writer.bytes)
        }
        inner.withLock { $0.state.apply(plan, sequence: isLogged ? sequence : nil) }
    }

    /// Builds the indexes on a copy of the state, which costs nothing as long as nobody changes it; only this worker could.
    private func plan(_ schema: CollectionSchema) throws(StoreError) -> (SchemaPlan, sequence: Int64, hasLog: Bool)? {
        let (state, hasLog, pinned) = inner.withLock { ($0.state, $0.hasLog, $0.pinned) }
        let now = services.clock.now
        let plan = try state.plan(schema, at: now) { (record) throws(StoreError) in
            try body(record.location, file(pinned))
        }
        return plan.map { ($0, state.lastSequence + 1, hasLog) }
    }
}
