internal import FunctionKit
internal import Glibc
internal import Synchronization

extension LogPartition {
    /// Commits what belongs together, and answers every request.
    func commit(_ requests: [Request]) {
        let now = services.clock.now
        var group = plan(requests, now)
        var outcomes = group.outcomes
        if !group.plans.isEmpty {
            do throws(StoreError) {
                let start = try append(group.writer.bytes)
                apply(group.plans, from: start)
            } catch {
                // Also for the requests that failed because of another one in this group: that one has failed now.
                outcomes = outcomes.map { _ in .failure(error) }
                group = CommitGroup(after: 0)
            }
        }
        // Continuations run outside the lock and after everything is visible.
        for (request, outcome) in zip(requests, outcomes) { request.continuation.resume(returning: outcome) }
        for plan in group.plans { services.notify(plan.notice(tenant)) }
        compactIfWorthwhile()
    }

    /// Decides on a copy of the state, which is gone when this returns, so that the changes to come copy nothing. Only this
    /// worker changes the state.
    private func plan(_ requests: [Request], _ now: Timestamp) -> CommitGroup {
        let (state, pinned) = inner.withLock { ($0.state, $0.pinned) }
        var group = CommitGroup(after: state.lastSequence)
        for request in requests {
            let decision = group.plan(request.work, on: state, at: now) { (record) throws(StoreError) in
                try body(record.location, file(pinned))
            }
            group.add(request.work, decision)
        }
        return group
    }

    /// Writes lines behind the others and makes them durable; makes the log first if there is none.
    ///
    /// - Returns: where they begin.
    /// - Throws: ``StoreError`` with `unavailable`. A full disk leaves the log as it was; any other failure is final, since
    ///   nobody knows then what the disk holds.
    func append(_ bytes: [UInt8]) throws(StoreError) -> Int {
        let (hasLog, end, failure) = inner.withLock { ($0.hasLog, $0.end, $0.writeFailure) }
        if let failure { throw failure }
        if services.isReadOnly { throw Self.readOnly(services.folder.path) }
        let start = hasLog ? end : try makeLog()
        let file = try onDisk { () throws(DiskError) in try services.handles.file(path) }
        do throws(DiskError) {
            try file.write(bytes, at: start)
        } catch {
            throw afterFailedWrite(file, error, end: start)
        }
        do throws(DiskError) {
            try file.sync()
        } catch {
            throw stopWriting(error)
        }
        inner.withLock { $0.end = start + bytes.count }
        return start
    }

    static func readOnly(_ folder: String) -> StoreError {
        StoreError(.unavailable, "The data folder '\(folder)' was opened for reading only. Stop the host to change it.")
    }

    /// Makes what is durable visible.
    private func apply(_ plans: [CommitPlan], from start: Int) {
        inner.withLock { inner in
            for var plan in plans {
                plan.relocate { BodyLocation(offset: start + $0.offset, count: $0.count) }
                inner.state.apply(plan)
                inner.removals.note(plan)
            }
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

    /// Makes the log with its header under another name and then gives it its own, so that it is whole as soon as it exists.
    private func makeLog() throws(StoreError) -> Int {
        let schemas = inner.withLock { $0.state.declaredSchemas }
        var writer = LogLineWriter()
        try writer.header(
            LogHeader(
                tenant: tenant.description,
                sequence: 0,
                snapshotLines: 0,
                at: services.clock.now,
                schemas: schemas
            )
        )
        let folder = services.folder
        try onDisk { () throws(DiskError) in
            try services.disk.makeFolder(folder.folder(of: tenant))
            try services.disk.syncFolder(folder.tenantsPath)
            try write(writer.bytes, to: folder.newLog(of: tenant))
        }
        try publish(size: writer.bytes.count)
        return writer.bytes.count
    }

    private func write(_ bytes: [UInt8], to path: String) throws(DiskError) {
        guard let file = try services.disk.open(path, .create) else { throw DiskError("open", path, ENOENT) }
        try file.write(bytes, at: 0)
        try file.sync()
    }

    /// Gives a new log its name, durably.
    private func publish(size: Int) throws(StoreError) {
        let folder = services.folder
        try onDisk { () throws(DiskError) in try services.disk.rename(folder.newLog(of: tenant), to: path) }
        inner.withLock { inner in
            inner.hasLog = true
            inner.end = size
        }
        do throws(DiskError) {
            try services.disk.syncFolder(folder.folder(of: tenant))
        } catch {
            throw stopWriting(error)
        }
    }
}
