internal import FunctionKit
internal import Synchronization

extension LogPartition {
    /// Rewrites the log when it has doubled since the last time, by a margin that keeps small logs from being rewritten often.
    func compactIfWorthwhile() {
        let isWorthwhile = inner.withLock { inner in
            let kept = max(inner.snapshotBytes, inner.state.liveBytes)
            return inner.end > 2 * kept + services.compactionSlackBytes && inner.end > inner.compactionFloor
                && inner.writeFailure == nil
        }
        guard isWorthwhile else { return }
        do throws(StoreError) {
            try compact()
        } catch {
            inner.withLock { $0.compactionFloor = $0.end + services.compactionSlackBytes }
            services.logger.warning("Tenant '\(tenant)' could not be compacted: \(error.message)")
        }
    }

    /// Writes the documents that exist into a new log, which takes the old one's place once it is durable.
    ///
    /// The state keeps its documents and numbers; only their places change. A crash at any moment leaves the old log or the
    /// new one, each whole. Writes of this tenant wait meanwhile; reads do not.
    func compact() throws(StoreError) {
        let (hasLog, failure) = inner.withLock { ($0.hasLog, $0.writeFailure) }
        if let failure { throw failure }
        guard hasLog, !services.isReadOnly else { return }
        let newPath = services.folder.newLog(of: tenant)
        do throws(StoreError) {
            try replaceLog(by: newPath)
        } catch {
            try? services.disk.remove(newPath)
            throw error
        }
    }

    private func replaceLog(by newPath: String) throws(StoreError) {
        let old = try file(nil)
        let new = try onDisk { () throws(DiskError) in try services.disk.open(newPath, .create) }
        guard let new else { return }
        let (moves, end) = try copy(from: old, to: new)
        try onDisk { () throws(DiskError) in try new.sync() }
        // From here until the places have changed the path may lead to either file; readers use the old one.
        inner.withLock { inner in
            inner.pinned = old
            inner.generation += 1
        }
        do throws(StoreError) {
            try onDisk { () throws(DiskError) in try services.disk.rename(newPath, to: path) }
        } catch {
            inner.withLock { $0.pinned = nil }
            throw error
        }
        let before = inner.withLock { inner in
            inner.state.relocate(moves, from: [0])
            services.handles.forget(path)
            inner.pinned = nil
            inner.generation += 1
            inner.snapshotBytes = end
            defer { inner.end = end }
            return inner.end
        }
        do throws(DiskError) {
            try services.disk.syncFolder(services.folder.folder(of: tenant))
        } catch {
            throw stopWriting(error)
        }
        services.logger.info("Compacted the log of '\(tenant)' from \(before) to \(end) bytes.")
    }

    /// How many documents share a line of a snapshot.
    private static let snapshotLineDocuments = 100

    /// The copy of the state that this works on is gone when it returns, so that the changes to come copy nothing.
    private func copy(
        from old: any DiskFile,
        to new: any DiskFile
    ) throws(StoreError) -> (moves: [(slot: RecordSlot, to: BodyLocation)], end: Int) {
        let state = inner.withLock { $0.state }
        var records: [(DocumentKey, DocumentRecord)] = []
        state.forEachRecord { records.append(($0, $1)) }
        let now = services.clock.now
        let lines = (records.count + Self.snapshotLineDocuments - 1) / Self.snapshotLineDocuments
        var writer = LogLineWriter()
        try writer.header(
            LogHeader(
                tenant: tenant.description,
                sequence: state.lastSequence,
                snapshotLines: Int64(lines),
                at: now,
                schemas: state.declaredSchemas
            )
        )
        var moves: [(slot: RecordSlot, to: BodyLocation)] = []
        moves.reserveCapacity(records.count)
        var end = 0
        for line in 0..<lines {
            let first = line * Self.snapshotLineDocuments
            writer.begin(sequence: state.lastSequence, group: 0, at: now)
            for index in first..<min(first + Self.snapshotLineDocuments, records.count) {
                if index > first { writer.separate() }
                let (key, record) = records[index]
                let bytes = try body(record.location, old)
                let place = writer.put(key, record, Revision(rawValue: state.lastSequence), now, bytes)
                if let slot = state.slot(of: key, at: 0, offset: record.location.offset) {
                    moves.append((slot, BodyLocation(offset: end + place.offset, count: place.count)))
                }
            }
            writer.endBatch()
            end = try flush(&writer, to: new, at: end)
        }
        return (moves, try flush(&writer, to: new, at: end))
    }

    private func flush(_ writer: inout LogLineWriter, to file: any DiskFile, at offset: Int) throws(StoreError) -> Int {
        let bytes = writer.bytes
        try onDisk { () throws(DiskError) in try file.write(bytes, at: offset) }
        writer = LogLineWriter()
        return offset + bytes.count
    }
}
