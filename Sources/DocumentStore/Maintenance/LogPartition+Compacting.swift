internal import FunctionKit

extension LogPartition {
    /// Compacts the log when it has doubled since the last time, by a margin that keeps small logs from being rewritten often.
    ///
    /// So each byte that is written is copied once more on average, whatever the size.
    func compactIfWorthwhile() {
        let isWorthwhile = inner.withLock { inner in
            let bytes = inner.logBytes
            let kept = max(inner.compactedBytes, inner.state.liveBytes)
            return bytes > 2 * kept + services.limits.compactionSlackBytes && bytes > inner.compactionFloor
                && inner.maintenance == nil && inner.writeFailure == nil && !inner.isStopping
                // Without a batch there is nothing to keep, and a file of no numbers is not a compacted one.
                && inner.state.lastSequence > 0
        }
        guard isWorthwhile else { return }
        do throws(StoreError) {
            _ = begin(try compaction())
        } catch {
            inner.withLock { $0.compactionFloor = $0.logBytes + services.limits.compactionSlackBytes }
            services.logger.warning("Tenant '\(tenant)' could not be compacted: \(error.message)")
        }
    }

    /// Compacts because somebody asked for it, and answers when it is done. It begins when other maintenance is over.
    func compact(_ continuation: CheckedContinuation<Result<Answer, StoreError>, Never>) {
        do throws(StoreError) {
            let (mustWait, hasLog, isStopping, failure) = inner.withLock { inner in
                if inner.maintenance != nil, !inner.isStopping { inner.postponedCompactions.append(continuation) }
                return (
                    inner.maintenance != nil && !inner.isStopping,
                    inner.state.lastSequence > 0 && !inner.segments.isEmpty,
                    inner.isStopping, inner.writeFailure
                )
            }
            if mustWait { return }
            if let failure { throw failure }
            if isStopping { throw Self.interrupted }
            guard hasLog, !services.isReadOnly else { return continuation.resume(returning: .success(.done)) }
            if !begin(try compaction(), waiting: [continuation]) { throw Self.interrupted }
        } catch {
            continuation.resume(returning: .failure(error))
        }
    }

    /// Begins a new segment and prepares to compact those before it. Called by the worker that commits.
    private func compaction() throws(StoreError) -> Compaction {
        let sources = inner.withLock { $0.segments }
        // The number in between is for the new file, so that its name is never that of a file it replaces.
        try beginSegment(skipping: 1)
        return inner.withLock { inner in
            let through = inner.segments[sources.count].header
            let horizon = SegmentMarks.removalsHorizon(
                inner.segments.map(\.marks),
                keeping: services.limits.removalsKept
            )
            let range = SegmentRange(sources[0].range.first, through.range.last - 1)
            let header = LogHeader(
                tenant: tenant.description,
                range: range,
                sequence: sources[0].header.sequence,
                through: through.sequence,
                removalsSince: max(horizon, inner.removalsSince),
                at: through.at,
                schemas: through.schemas
            )
            let target = LogFile(
                number: takeFileNumber(&inner),
                range: range,
                path: services.folder.segment(range, of: tenant),
                mode: .read,
                handles: services.handles
            )
            return Compaction(sources, into: target, header)
        }
    }
}
