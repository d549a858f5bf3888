internal import FunctionKit
internal import Synchronization

extension LogPartition {
    /// Declares a collection's indexes, durably once the tenant has a log.
    func declare(_ schema: CollectionSchema) throws(StoreError) {
        let now = services.clock.now
        if !services.isReadOnly, inner.withLock({ $0.state.mustRemoveExpired(for: schema) }) {
            try removeExpired(at: now)
        }
        guard let (plan, sequence, hasLog) = try plan(schema, at: now) else { return }
        guard hasLog, !services.isReadOnly else {
            return inner.withLock { $0.state.apply(plan, sequence: nil) }
        }
        var writer = LogLineWriter()
        try writer.schema(schema, sequence: sequence, group: sequence, at: now)
        let place = try append(writer.bytes)
        inner.withLock { inner in
            inner.state.apply(plan, sequence: sequence)
            Self.extend(&inner, by: place, [CommitGroup.Line(sequence: sequence, offset: 0, removals: 0)])
        }
    }

    /// Builds the indexes on a copy of the state, which costs nothing as long as nobody changes it; only this worker could.
    private func plan(
        _ schema: CollectionSchema,
        at now: Timestamp
    ) throws(StoreError) -> (SchemaPlan, sequence: Int64, hasLog: Bool)? {
        while true {
            let (state, files, hasLog, generation) = inner.withLock {
                ($0.state, self.files($0), !$0.segments.isEmpty, $0.generation)
            }
            do throws(StoreError) {
                let plan = try state.plan(schema, at: now) { (record) throws(StoreError) in
                    try files.body(record.location)
                }
                return plan.map { ($0, state.lastSequence + 1, hasLog) }
            } catch {
                // A compaction may have removed a file meanwhile.
                guard inner.withLock({ $0.generation }) != generation else { throw error }
            }
        }
    }
}
