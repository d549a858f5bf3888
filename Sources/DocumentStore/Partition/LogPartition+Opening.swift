internal import FunctionKit
internal import Synchronization

extension LogPartition {
    /// Reads the log if that has not been done.
    ///
    /// - Throws: ``StoreError`` with `damaged`, from then on always, or with `unavailable`, when trying again may help.
    func openIfNeeded() throws(StoreError) {
        let mustOpen = try inner.withLock { (inner) throws(StoreError) in
            switch inner.phase {
            case .unopened: return true
            case .open: return false
            case .failed(let error): throw error
            case .retired: throw Self.retired
            }
        }
        if mustOpen { try open() }
    }

    private func open() throws(StoreError) {
        let file = try onDisk { () throws(DiskError) in
            try services.disk.open(path, services.isReadOnly ? .read : .write)
        }
        guard let file else {
            inner.withLock { $0.phase = .open }
            return
        }
        var replay = LogReplay(file, tenant: tenant)
        do throws(LogReplay.Failure) {
            try replay.run()
        } catch {
            throw failure(error)
        }
        if let tear = replay.tear { try cut(file, tear, to: replay.end) }
        // What an interrupted rewriting left; it never counted.
        if !services.isReadOnly { try? services.disk.remove(services.folder.newLog(of: tenant)) }
        if services.isReadOnly { inner.withLock { $0.pinned = file } } else { services.handles.keep(file, path) }
        inner.withLock { inner in
            inner.state = replay.state
            inner.hasLog = true
            inner.end = replay.end
            inner.removals = RemovalHistory(floor: Revision(rawValue: replay.state.lastSequence))
            inner.snapshotBytes = replay.snapshotEnd
            inner.phase = .open
        }
    }

    private func failure(_ failure: LogReplay.Failure) -> StoreError {
        switch failure {
        case .disk(let error): return error.storeError
        case .flaw(let flaw):
            let error = StoreError(
                .damaged,
                "The log '\(path)' is damaged at byte \(flaw.offset): \(flaw.reason). Tenant '\(tenant)' is stopped and nothing "
                    + "was changed; restore the file from a backup."
            )
            services.logger.error(error.message)
            inner.withLock { $0.phase = .failed(error) }
            return error
        }
    }

    /// Cuts the torn tail off, durably; a reader leaves it where it is.
    private func cut(_ file: any DiskFile, _ tear: LogReplay.Flaw, to end: Int) throws(StoreError) {
        guard !services.isReadOnly else { return }
        let size = try onDisk { () throws(DiskError) in
            let size = try file.size()
            try file.truncate(to: end)
            try file.sync()
            return size
        }
        services.logger.warning(
            "The log '\(path)' ended in a write that was never finished: \(size - end) bytes from byte \(end) on were cut off. "
                + "No acknowledged write was among them.",
            ["tenant": tenant.description, "offset": "\(end)", "bytes": "\(size - end)", "reason": tear.reason]
        )
    }
}
