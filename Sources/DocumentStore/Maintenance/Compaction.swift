internal import FunctionKit

/// Writes what is left of a tenant's old segments into one new file, step by step, while commits go to a segment of their own.
///
/// The old lines are read in order, every checksum is verified, and an operation is kept if it is still the newest of its
/// document, or a removal that a reader of changes may still have to learn. A crash at any moment leaves the old files or the new
/// one; both describe the same documents. When the new file has its name, locations are moved over a few at a time.
final class Compaction: MaintenanceJob {
    private enum Phase {
        case copying
        /// Locations before this one have been moved.
        case relocating(Int)
        case finished
    }

    private struct State {
        var phase = Phase.copying
        var sources: [Segment]
        /// The source that is being read.
        var index = 0
        var reader: SegmentReader?
        let removalsSince: Int64
        let header: LogHeader
        let target: LogFile
        var file: (any DiskFile)?
        var writer = LogLineWriter()
        var end = 0
        var lines = 0
        var marks = SegmentMarks()
        var moves: [(slot: RecordSlot, to: BodyLocation)] = []
    }

    private let state: LockedState<State>

    /// How much of the old log one step reads.
    private static let stepBytes = 128 << 10
    /// How long the new file may become: what a location can say, less a step.
    private static let bytesMax = BodyLocation.offsetMax - LogLine.bytesMax - stepBytes
    /// How many operations are looked up, or locations moved, without a pause for others who want the tenant's state.
    private static let sliceCount = 256
    private static let slicesPerStep = 16

    /// Makes a compaction of these segments into a new file.
    init(_ sources: [Segment], into target: LogFile, _ header: LogHeader) {
        state = LockedState(
            State(sources: sources, removalsSince: header.removalsSince, header: header, target: target)
        )
    }

    func step(_ partition: LogPartition) throws(StoreError) -> Bool {
        try state.withLock { (state) throws(StoreError) in
            switch state.phase {
            case .copying: try Self.copy(&state, partition)
            case .relocating(let first): Self.relocate(&state, from: first, partition)
            case .finished: return false
            }
            if case .finished = state.phase { return false }
            return true
        }
    }

    func abandon(_ partition: LogPartition) {
        state.withLock { state in
            switch state.phase {
            case .copying:
                state.phase = .finished
                state.file = nil
                try? partition.services.disk.remove(state.target.path + DataFolder.unfinishedSuffix)
                partition.inner.withLock {
                    $0.compactionFloor = $0.logBytes + partition.services.limits.compactionSlackBytes
                }
            case .relocating:
                // The new file counts already; what is left is quick.
                while case .relocating(let next) = state.phase { Self.relocate(&state, from: next, partition) }
            case .finished: break
            }
        }
    }

    // MARK: Copying

    private static func copy(_ state: inout State, _ partition: LogPartition) throws(StoreError) {
        if state.file == nil { try begin(&state, partition) }
        var lines: [(line: SegmentReader.Line, file: Int)] = []
        var bytes = 0
        while bytes < stepBytes, let next = try nextLine(&state, partition) {
            bytes += next.line.bytes.count
            lines.append(next)
        }
        guard state.end < bytesMax else {
            throw StoreError(
                .tooLarge,
                "What is left of the log of '\(partition.tenant)' is more than one file can hold, \(bytesMax) bytes. Remove "
                    + "documents, or divide the tenant."
            )
        }
        try keep(lines, &state, partition)
        let isLast = bytes < stepBytes
        if isLast { state.writer.end(sequence: state.header.through, lines: state.lines) }
        try flush(&state)
        if isLast { try publish(&state, partition) }
    }

    private static func begin(_ state: inout State, _ partition: LogPartition) throws(StoreError) {
        let path = state.target.path + DataFolder.unfinishedSuffix
        state.file = try onDisk { () throws(DiskError) in try partition.services.disk.open(path, .create) }
        try state.writer.header(state.header)
        state.lines = 1
    }

    private static func nextLine(
        _ state: inout State,
        _ partition: LogPartition
    ) throws(StoreError) -> (line: SegmentReader.Line, file: Int)? {
        while state.index < state.sources.count {
            let source = state.sources[state.index]
            do throws(LogReadFailure) {
                if state.reader == nil { state.reader = try reader(source, partition) }
                if let line = try state.reader?.next() { return (line, source.file.number) }
            } catch {
                throw damaged(error, partition)
            }
            state.reader = nil
            state.index += 1
        }
        return nil
    }

    private static func reader(_ source: Segment, _ partition: LogPartition) throws(LogReadFailure) -> SegmentReader {
        let file: any DiskFile
        do throws(DiskError) {
            file = try source.file.open()
        } catch {
            throw .disk(error)
        }
        return SegmentReader(
            file,
            path: source.file.path,
            tenant: partition.tenant,
            range: source.range,
            after: source.header.sequence,
            isLast: false
        )
    }

    private static func damaged(_ failure: LogReadFailure, _ partition: LogPartition) -> StoreError {
        let error = failure.storeError(
            "It was found when the log was to be compacted, and nothing was changed; stop Postern and restore the file from a "
                + "backup."
        )
        if failure.isFlaw {
            partition.services.logger.error(error.message, ["tenant": partition.tenant.description])
        }
        return error
    }

    /// One operation that a line holds, while it is decided whether it stays.
    private struct Candidate {
        var line: Int
        var operation: Int
        var slot: RecordSlot?
        var isKept = false
    }

    private static func keep(
        _ lines: [(line: SegmentReader.Line, file: Int)],
        _ state: inout State,
        _ partition: LogPartition
    ) throws(StoreError) {
        var candidates: [Candidate] = []
        for (index, entry) in lines.enumerated() {
            guard case .batch(let batch) = entry.line.parsed else { continue }
            for operation in batch.operations.indices {
                candidates.append(Candidate(line: index, operation: operation))
            }
        }
        let horizon = state.removalsSince
        for start in stride(from: 0, to: candidates.count, by: sliceCount) {
            partition.inner.withLock { inner in
                for index in start..<min(start + sliceCount, candidates.count) {
                    decide(&candidates[index], lines[candidates[index].line], horizon, inner.state)
                }
            }
        }
        var position = 0
        for (index, entry) in lines.enumerated() {
            guard case .batch(let batch) = entry.line.parsed else { continue }
            var kept: [Candidate] = []
            while position < candidates.count, candidates[position].line == index {
                if candidates[position].isKept { kept.append(candidates[position]) }
                position += 1
            }
            if !kept.isEmpty { write(batch, kept, entry.line, &state) }
        }
    }

    private static func decide(
        _ candidate: inout Candidate,
        _ entry: (line: SegmentReader.Line, file: Int),
        _ horizon: Int64,
        _ documents: borrowing PartitionState
    ) {
        guard case .batch(let batch) = entry.line.parsed else { return }
        let operation = batch.operations[candidate.operation]
        switch operation.effect {
        case .put(_, let body):
            candidate.slot = documents.slot(
                of: operation.key,
                at: entry.file,
                offset: entry.line.offset + body.lowerBound
            )
            candidate.isKept = candidate.slot != nil
        case .delete:
            candidate.isKept = batch.sequence > horizon && documents.heldRecord(operation.key) == nil
        }
    }

    private static func write(_ batch: LogBatch, _ kept: [Candidate], _ line: SegmentReader.Line, _ state: inout State)
    {
        let start = state.writer.bytes.count
        let operations = kept.map { batch.operations[$0.operation] }
        let shifts = state.writer.batch(batch, keeping: operations, of: line.bytes)
        var removals = 0
        for (index, candidate) in kept.enumerated() {
            guard let slot = candidate.slot, case .put(_, let body) = operations[index].effect else {
                removals += 1
                continue
            }
            let location = BodyLocation(
                file: state.target.number,
                offset: state.end + body.lowerBound + shifts[index],
                count: body.count,
                checksum: Checksum.ofBody(line.bytes[body])
            )
            state.moves.append((slot: slot, to: location))
        }
        state.marks.add(batch.sequence, at: state.end + start, removals: removals)
        state.lines += 1
    }

    /// Writes and syncs at once, so that the disk never has much to do when a commit needs it.
    private static func flush(_ state: inout State) throws(StoreError) {
        let (bytes, file, end) = (state.writer.bytes, state.file, state.end)
        guard !bytes.isEmpty else { return }
        try onDisk { () throws(DiskError) in
            try file?.write(bytes, at: end)
            try file?.sync()
        }
        state.end += bytes.count
        state.writer = LogLineWriter()
    }

    // MARK: Publishing

    private static func publish(_ state: inout State, _ partition: LogPartition) throws(StoreError) {
        let services = partition.services
        let (target, header) = (state.target, state.header)
        let folder = services.folder.folder(of: partition.tenant)
        try onDisk { () throws(DiskError) in
            try services.disk.rename(target.path + DataFolder.unfinishedSuffix, to: target.path)
        }
        state.file = nil
        let segment = Segment(
            file: target,
            header: header,
            end: state.end,
            sequence: header.through,
            marks: state.marks
        )
        let count = state.sources.count
        // The name stands: from now on the new file is the one that a start would read.
        partition.inner.withLock { inner in
            inner.retiring = Array(inner.segments[..<count])
            inner.segments.replaceSubrange(..<count, with: [segment])
            inner.removalsSince = max(inner.removalsSince, header.removalsSince)
            inner.compactedBytes = segment.end
        }
        state.phase = .relocating(0)
        do throws(DiskError) {
            try services.disk.syncFolder(folder)
        } catch {
            throw partition.stopWriting(error)
        }
    }

    private static func relocate(_ state: inout State, from first: Int, _ partition: LogPartition) {
        let old = Set(state.sources.map(\.file.number))
        var next = first
        for _ in 0..<slicesPerStep where next < state.moves.count {
            let slice = Array(state.moves[next..<min(next + sliceCount, state.moves.count)])
            partition.inner.withLock { $0.state.relocate(slice, from: old) }
            next += slice.count
        }
        state.phase = .relocating(next)
        if next == state.moves.count { finish(&state, partition) }
    }

    private static func finish(_ state: inout State, _ partition: LogPartition) {
        state.phase = .finished
        let before = state.sources.reduce(0) { $0 + $1.end }
        let canRemove = partition.inner.withLock { inner in
            inner.retiring = []
            inner.generation += 1
            return inner.writeFailure == nil
        }
        for source in state.sources {
            source.file.close()
            // Unless the new name may be lost in a crash; then they are still what the log is made of.
            if canRemove { try? partition.services.disk.remove(source.file.path) }
        }
        partition.services.logger.info(
            "Compacted the log of '\(partition.tenant)' from \(before) to \(state.end) bytes."
        )
    }
}
