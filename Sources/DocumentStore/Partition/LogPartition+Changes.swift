internal import FunctionKit

extension LogPartition {
    /// How many bytes of the log one call looks through, so that none takes long where little is left of what was written.
    private static let changesBytesMax = 8 << 20

    /// The changes behind a position, read from the log. A change counts if nothing newer was written to its document.
    func changes(after position: ChangePosition, limit: Int) throws(StoreError) -> ChangePage {
        while true {
            let view = try inner.withLock { (inner) throws(StoreError) in
                _ = try Self.isOpen(inner.phase)
                return ChangesView(
                    segments: inner.segments,
                    last: Revision(rawValue: inner.state.lastSequence),
                    start: try inner.state.start(
                        position,
                        limit,
                        removalsSince: Revision(rawValue: inner.removalsSince)
                    ),
                    generation: inner.generation
                )
            }
            do throws(StoreError) {
                return try changes(limit, view)
            } catch {
                // A compaction may have removed a file meanwhile.
                guard inner.withLock({ $0.generation }) != view.generation else { throw error }
            }
        }
    }

    private struct ChangesView: Sendable {
        var segments: [Segment]
        var last: Revision
        var start: ChangePosition
        var generation: Int
    }

    private func changes(_ limit: Int, _ view: ChangesView) throws(StoreError) -> ChangePage {
        let now = services.clock.now
        var changes: [DocumentChange] = []
        var reached = view.start.revision.rawValue
        var bytes = 0
        // A file without marks holds nothing but its header, and perhaps its end.
        for segment in view.segments where segment.sequence > reached && !segment.marks.marks.isEmpty {
            var reader = try reader(segment, after: reached)
            while let line = try next(&reader) {
                guard let sequence = line.parsed.sequence, sequence > reached else { continue }
                if changes.count >= limit || bytes >= Self.changesBytesMax {
                    return page(changes, Revision(rawValue: reached), view)
                }
                bytes += line.bytes.count
                changes += try look(at: line, view.start, now)
                reached = sequence
            }
        }
        return page(changes, view.last, view)
    }

    private func page(_ changes: [DocumentChange], _ reached: Revision, _ view: ChangesView) -> ChangePage {
        ChangePage(
            changes: changes,
            position: ChangePosition(revision: reached, startedAt: view.start.startedAt),
            isAtEnd: reached == view.last
        )
    }

    private func reader(_ segment: Segment, after position: Int64) throws(StoreError) -> SegmentReader {
        let file = try onDisk { () throws(DiskError) in try segment.file.open() }
        let mark = segment.marks.last(upTo: position) ?? segment.marks.marks.first
        return SegmentReader(
            FileSnapshot(file, path: segment.file.path, end: segment.end),
            path: segment.file.path,
            tenant: tenant,
            header: segment.header,
            after: (mark?.sequence ?? segment.sequence + 1) - 1,
            from: mark?.offset ?? segment.end,
            isLast: false
        )
    }

    private func next(_ reader: inout SegmentReader) throws(StoreError) -> SegmentReader.Line? {
        do throws(LogReadFailure) {
            return try reader.next()
        } catch {
            throw error.storeError("Stop Postern and restore the file from a backup.")
        }
    }

    /// The changes of a line that are the newest of their documents.
    ///
    /// - Throws: when the tenant was put away meanwhile, and with it the knowledge of what is the newest.
    private func look(
        at line: SegmentReader.Line,
        _ start: ChangePosition,
        _ now: Timestamp
    ) throws(StoreError) -> [DocumentChange] {
        guard case .batch(let batch) = line.parsed else { return [] }
        let revision = Revision(rawValue: batch.sequence)
        let held = try inner.withLock { (inner) throws(StoreError) in
            _ = try Self.isOpen(inner.phase)
            return batch.operations.map { inner.state.heldRecord($0.key) }
        }
        var changes: [DocumentChange] = []
        for (operation, record) in zip(batch.operations, held) {
            switch operation.effect {
            case .put(_, let body):
                guard let record, record.revision == revision, !record.isExpired(at: now) else { continue }
                let document = record.document(operation.key.id, body: Array(line.bytes[body]))
                changes.append(DocumentChange(key: operation.key, revision: revision, document: document))
            case .delete:
                guard record == nil, revision > start.removalsNeededAfter else { continue }
                changes.append(DocumentChange(key: operation.key, revision: revision, document: nil))
            }
        }
        return changes
    }
}

extension LogLine {
    /// The number of a batch or schema.
    var sequence: Int64? {
        switch self {
        case .header, .end: nil
        case .batch(let batch): batch.sequence
        case .schema(_, let sequence, _, _): sequence
        }
    }
}
