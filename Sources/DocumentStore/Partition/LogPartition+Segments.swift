internal import FunctionKit

extension LogPartition {
    /// Begins the next segment file, into which everything goes from now on. The one before, if there is one, is durable as it
    /// is and changes no more.
    ///
    /// - Parameter skipping: how many numbers stay free before it, for what a compaction makes of the segments so far.
    /// - Throws: ``StoreError`` with `unavailable`; the log goes on as it was, unless the folder could not be synced, which is
    ///   final.
    @discardableResult
    func beginSegment(skipping: Int = 0) throws(StoreError) -> Segment {
        try cutRoom()
        let (last, schemas, number, sequence, removalsSince) = inner.withLock { inner in
            (
                inner.segments.last, inner.state.declaredSchemas, takeFileNumber(&inner), inner.state.lastSequence,
                inner.removalsSince
            )
        }
        let position = (last?.range.last ?? 0) + skipping + 1
        let header = LogHeader(
            tenant: tenant.description,
            range: SegmentRange(position, position),
            sequence: sequence,
            through: sequence,
            removalsSince: removalsSince,
            at: services.clock.now,
            schemas: schemas
        )
        var writer = LogLineWriter()
        try writer.header(header)
        let bytes = writer.bytes
        let folder = services.folder
        let path = folder.segment(header.range, of: tenant)
        try onDisk { () throws(DiskError) in
            if last == nil {
                try services.disk.makeFolder(folder.folder(of: tenant))
                try services.disk.syncFolder(folder.tenantsPath)
            }
            try write(bytes, to: path)
        }
        do throws(DiskError) {
            try services.disk.syncFolder(folder.folder(of: tenant))
        } catch {
            throw stopWriting(error)
        }
        let file = LogFile(
            number: number,
            range: header.range,
            path: path,
            mode: .write,
            handles: services.handles
        )
        let segment = Segment(file: file, header: header, end: bytes.count, sequence: sequence, marks: SegmentMarks())
        inner.withLock { $0.segments.append(segment) }
        return segment
    }

    /// Takes the room behind the last line away, from a segment that nothing more is written to.
    private func cutRoom() throws(StoreError) {
        guard let last = inner.withLock({ $0.segments.last }), last.roomEnd > last.end else { return }
        do throws(DiskError) {
            let file = try last.file.open()
            try file.truncate(to: last.end)
            try file.sync()
        } catch {
            throw stopWriting(error)
        }
        inner.withLock { $0.segments[$0.segments.count - 1].roomEnd = 0 }
    }

    /// The same when the store closes, where it would only be unsightly.
    func cutRoomAtClose() {
        let (last, failure) = inner.withLock { ($0.segments.last, $0.writeFailure) }
        guard failure == nil, !services.isReadOnly, let last, last.roomEnd > last.end else { return }
        try? last.file.open().truncate(to: last.end)
    }

    /// Writes a file under another name and gives it its own once it is durable, so that it is whole as soon as it exists.
    private func write(_ bytes: [UInt8], to path: String) throws(DiskError) {
        let unfinished = path + DataFolder.unfinishedSuffix
        do throws(DiskError) {
            let file = try services.disk.open(unfinished, .create)
            try file?.write(bytes, at: 0)
            try file?.sync()
            try services.disk.rename(unfinished, to: path)
        } catch {
            try? services.disk.remove(unfinished)
            throw error
        }
    }

    /// A number for a new file: the next one, or after ``BodyLocation/fileMax`` the first that is free.
    func takeFileNumber(_ inner: inout Inner) -> Int {
        let used = Set((inner.segments + inner.retiring).map(\.file.number))
        var number = inner.nextFileNumber
        // Numbers come again, so what the cache knows of them counts no more.
        if number > BodyLocation.fileMax { inner.cacheNumber = services.cache.nextNumber() }
        while number > BodyLocation.fileMax || used.contains(number) {
            number = number >= BodyLocation.fileMax ? 0 : number + 1
        }
        inner.nextFileNumber = number + 1
        return number
    }
}
