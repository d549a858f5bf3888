internal import FunctionKit
internal import Synchronization

extension LogPartition {
    /// Commits what belongs together, and answers every request.
    func commit(_ requests: [Request]) {
        var group = plan(requests.map(\.work), at: services.clock.now)
        var outcomes = group.outcomes
        if !group.plans.isEmpty {
            do throws(StoreError) {
                let place = try append(group.writer.bytes)
                apply(group, at: place)
            } catch {
                // Also for the requests that failed because of another one in this group: that one has failed now.
                outcomes = outcomes.map { _ in .failure(error) }
                group = CommitGroup(after: 0)
            }
        }
        // Continuations run outside the lock and after everything is visible.
        for (request, outcome) in zip(requests, outcomes) { request.continuation.resume(returning: outcome) }
        notify(group.plans)
        compactIfWorthwhile()
        hintIfWorthwhile()
    }

    /// Removes all documents that have expired.
    func removeExpired(at now: Timestamp) throws(StoreError) {
        while true {
            let group = plan([.sweep(limit: services.limits.sweepDocumentsMax)], at: now)
            for case .failure(let error) in group.outcomes { throw error }
            guard let plan = group.plans.first else { return }
            apply(group, at: try append(group.writer.bytes))
            notify([plan])
        }
    }

    private func notify(_ plans: [CommitPlan]) {
        guard !plans.isEmpty else { return }
        var notices: [CommitNotice] = []
        notices.reserveCapacity(plans.count)
        for plan in plans { notices.append(plan.notice(tenant, after: notices.last)) }
        services.notify(notices)
    }

    /// Decides about every request, on a copy of the state, so that readers need not wait while old documents are read. Only
    /// this worker changes documents, so the copy stays true; it is gone when this returns, so that the changes copy nothing.
    private func plan(_ works: [Request.Work], at now: Timestamp) -> CommitGroup {
        while true {
            let (state, files, generation) = inner.withLock { ($0.state, self.files($0), $0.generation) }
            var group = CommitGroup(after: state.lastSequence, works: works)
            for work in works {
                group.add(work, on: state, at: now, bytesMax: services.limits.tenantBytesMax) {
                    (record) throws(StoreError) in try files.body(record.location)
                }
            }
            // A file may have gone while old documents were read from it; its documents have another place now.
            guard group.hasFailedRead, inner.withLock({ $0.generation }) != generation else { return group }
        }
    }

    /// The files that locations refer to now.
    func files(_ inner: borrowing Inner) -> LogFiles {
        LogFiles(
            inner.segments.map(\.file) + inner.retiring.map(\.file),
            recent: (services.recent, inner.cacheNumber)
        )
    }

    /// Where lines have been written.
    struct Place {
        var file: LogFile
        var start: Int
        var count: Int
        /// Where the room behind them ends.
        var roomEnd: Int
    }

    /// Writes lines behind the others and makes them durable; makes the log first if there is none. Nothing is visible yet.
    ///
    /// - Throws: ``StoreError`` with `unavailable`. A full disk leaves the log as it was; any other failure is final, since
    ///   nobody knows then what the disk holds.
    func append(_ bytes: [UInt8]) throws(StoreError) -> Place {
        if let failure = inner.withLock({ $0.writeFailure }) { throw failure }
        if services.isReadOnly { throw Self.readOnly(services.folder.path) }
        let active = try activeSegment()
        let file = try onDisk { () throws(DiskError) in try active.file.open() }
        let roomEnd: Int
        do throws(DiskError) {
            roomEnd = try write(bytes, to: file, active)
        } catch {
            throw afterFailedWrite(file, error, end: active.end)
        }
        do throws(DiskError) {
            try file.sync()
        } catch {
            throw stopWriting(error)
        }
        return Place(file: active.file, start: active.end, count: bytes.count, roomEnd: roomEnd)
    }

    /// Writes lines, with new room behind them if there is not enough.
    ///
    /// - Returns: where the room ends.
    private func write(_ bytes: [UInt8], to file: any DiskFile, _ active: Segment) throws(DiskError) -> Int {
        let end = active.end + bytes.count
        let room = end > active.roomEnd ? services.limits.room.bytes(behind: end) : 0
        if room > 0 {
            do throws(DiskError) {
                try file.write(bytes + [UInt8](repeating: UInt8(ascii: "\n"), count: room), at: active.end)
                return end + room
            } catch {
                // There may be just enough without it.
                guard error.isFullDisk else { throw error }
            }
        }
        try file.write(bytes, at: active.end)
        return active.roomEnd
    }

    /// The segment that takes what is written, a new one if there is none or if it is full.
    private func activeSegment() throws(StoreError) -> Segment {
        if let last = inner.withLock({ $0.segments.last }), last.end < services.limits.segmentBytesMax { return last }
        return try beginSegment()
    }

    static func readOnly(_ folder: String) -> StoreError {
        StoreError(.unavailable, "The data folder '\(folder)' was opened for reading only. Stop the host to change it.")
    }

    /// Makes what is durable visible, together with the place where the log ends now.
    private func apply(_ group: CommitGroup, at place: Place) {
        let added = inner.withLock { inner in
            let before = inner.state.documentCount
            for plan in group.plans { inner.state.apply(plan, inFile: place.file.number, from: place.start) }
            Self.extend(&inner, by: place, group.lines)
            services.recent.add(group.writer.bytes, to: inner.cacheNumber, file: place.file.number, at: place.start)
            return inner.state.documentCount - before
        }
        services.openDocuments.add(added)
    }

    /// Notes that lines stand at the end of the active segment.
    static func extend(_ inner: inout Inner, by place: Place, _ lines: [CommitGroup.Line]) {
        let active = inner.segments.count - 1
        inner.segments[active].end = place.start + place.count
        inner.segments[active].roomEnd = place.roomEnd
        for line in lines {
            inner.segments[active].marks.add(line.sequence, at: place.start + line.offset, removals: line.removals)
            inner.segments[active].sequence = line.sequence
        }
    }

    private func afterFailedWrite(_ file: any DiskFile, _ error: DiskError, end: Int) -> StoreError {
        guard error.isFullDisk else { return stopWriting(error) }
        do throws(DiskError) {
            // What the write left behind goes away before anyone can mistake it for a batch.
            try file.truncate(to: end)
            try file.sync()
        } catch {
            return stopWriting(error)
        }
        inner.withLock { inner in
            if !inner.segments.isEmpty { inner.segments[inner.segments.count - 1].roomEnd = 0 }
        }
        services.logger.error(error.storeError.message, ["tenant": tenant.description])
        return error.storeError
    }

    func stopWriting(_ error: DiskError) -> StoreError {
        let failure = StoreError(
            .unavailable,
            "Tenant '\(tenant)' takes no writes any more, because the store could not \(error.description). Documents can still "
                + "be read. Check the disk and start Postern again."
        )
        services.logger.error(failure.message, ["tenant": tenant.description])
        inner.withLock { $0.writeFailure = failure }
        return failure
    }
}
