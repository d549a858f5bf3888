internal import FunctionKit
internal import Glibc

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
        let opened: OpenedLog?
        do throws(LogReadFailure) {
            opened = try OpenedLog(tenant, services.access)
        } catch {
            throw refusal(error)
        }
        guard let opened else {
            inner.withLock { $0.phase = .open }
            return
        }
        if let tear = opened.tear { try cut(opened, tear) }
        try makeDurable(opened)
        if !services.isReadOnly { removeLeftovers(opened.leftovers) }
        services.openDocuments.add(opened.state.documentCount)
        inner.withLock { inner in
            inner.state = opened.state
            inner.segments = opened.segments
            inner.nextFileNumber = opened.nextFileNumber
            inner.removalsSince = opened.removalsSince
            inner.compactedBytes = opened.segments.first.map { $0.header.isCompacted ? $0.end : 0 } ?? 0
            inner.hintedBytes = opened.hintedBytes
            inner.phase = .open
        }
        hintIfWorthwhile()
    }

    private func refusal(_ failure: LogReadFailure) -> StoreError {
        let error = failure.storeError(
            "Tenant '\(tenant)' is stopped and nothing was changed; restore the file from a backup."
        )
        if failure.isFlaw { services.logger.error(error.message) }
        if error.code == .damaged { inner.withLock { $0.phase = .failed(error) } }
        return error
    }

    /// Cuts the torn tail off, durably; a reader leaves it where it is.
    private func cut(_ opened: OpenedLog, _ tear: LogFlaw) throws(StoreError) {
        guard !services.isReadOnly, let last = opened.segments.last else { return }
        let size = try onDisk { () throws(DiskError) in
            let file = try last.file.open()
            let size = try file.size()
            try file.truncate(to: last.end)
            try file.sync()
            return size
        }
        services.logger.warning(
            "The log '\(last.file.path)' ended in a write that was never finished: \(size - last.end) bytes from byte "
                + "\(last.end) on were cut off. No acknowledged write was among them.",
            [
                "tenant": tenant.description, "offset": "\(last.end)", "bytes": "\(size - last.end)",
                "reason": tear.reason,
            ]
        )
    }

    /// Makes what will be shown durable: a process that was killed may have left lines and names behind that only the system's
    /// memory holds, and what has been shown once must not go with the power. Files before the last one were synced before the
    /// last one was begun.
    private func makeDurable(_ opened: OpenedLog) throws(StoreError) {
        guard !services.isReadOnly, let last = opened.segments.last else { return }
        try onDisk { () throws(DiskError) in
            try last.file.open().sync()
            try services.disk.syncFolder(services.folder.folder(of: tenant))
        }
    }

    /// Removes what a compaction replaced or never finished. It does not count, so it may also stay.
    private func removeLeftovers(_ names: [String]) {
        for name in names.sorted() { try? services.disk.remove("\(services.folder.folder(of: tenant))/\(name)") }
    }
}
