internal import FunctionKit
internal import Glibc
internal import Synchronization

extension LogPartition {
    /// Commits what belongs together, and answers every request.
    func commit(_ requests: [Request]) {
        let now = services.clock.now
        var group = inner.withLock { CommitGroup(after: $0.state.lastSequence) }
        for request in requests {
            // Only the decision needs the lock; the line is put together while others read.
            let decision = inner.withLock { group.plan(request.work, on: $0.state, at: now) }
            group.add(request.work, decision)
        }
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
    private func apply(_ plans: [CommitPlan<LogLocation>], from start: Int) {
        inner.withLock { inner in
            for var plan in plans {
                plan.relocate { LogLocation(offset: start + $0.offset, count: $0.count) }
                for change in plan.changes {
                    inner.liveBytes -= inner.state.heldRecord(change.key)?.location.count ?? 0
                    if case .put(let record) = change.effect { inner.liveBytes += record.location.count }
                }
                inner.state.apply(plan)
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
