internal import FunctionKit

/// Writes a tenant's hint file from a copy of its state, piece by piece.
///
/// The copy shares its memory with the state; a commit that comes meanwhile copies only the few kilobytes that it changes.
final class HintJob: MaintenanceJob {
    private struct State {
        var pieces: StatePieces?
        var header: HintHeader
        var bytes: Int
        var file: (any DiskFile)?
        var end = 0
    }

    private let state: LockedState<State>

    /// Makes a job for the state as it is now.
    ///
    /// - Parameters:
    ///   - pieces: the state.
    ///   - header: what it stands for.
    ///   - bytes: how much of the log that is.
    init(_ pieces: StatePieces, _ header: HintHeader, bytes: Int) {
        state = LockedState(State(pieces: pieces, header: header, bytes: bytes))
    }

    /// How much is written before it is synced, so that the disk never has much to do at once when a commit needs it.
    private static let syncBytes = 256 << 10

    func step(_ partition: LogPartition) throws(StoreError) -> Bool {
        try state.withLock { (state) throws(StoreError) in
            if state.file == nil {
                try Self.begin(&state, partition)
                return true
            }
            var bytes: [UInt8] = []
            while bytes.count < Self.syncBytes, let piece = state.pieces?.next() { Self.append(piece, to: &bytes) }
            let isLast = bytes.count < Self.syncBytes
            if isLast { Self.append([], to: &bytes) }
            try Self.write(bytes, &state)
            if isLast { try Self.publish(&state, partition) }
            return !isLast
        }
    }

    func abandon(_ partition: LogPartition) {
        state.withLock { state in
            state.pieces = nil
            state.file = nil
        }
        try? partition.services.disk.remove(Self.path(partition))
        partition.inner.withLock { inner in
            // When the store closes, one more attempt is made at the end.
            if !inner.isStopping { inner.hintFloor = inner.logBytes + partition.services.limits.hintSlackBytes }
        }
    }

    private static func path(_ partition: LogPartition) -> String {
        partition.services.folder.hint(of: partition.tenant) + DataFolder.unfinishedSuffix
    }

    private static func begin(_ state: inout State, _ partition: LogPartition) throws(StoreError) {
        let path = path(partition)
        state.file = try onDisk { () throws(DiskError) in try partition.services.disk.open(path, .create) }
        var bytes = HintFile.firstLine
        append(try state.header.json(partition.tenant), to: &bytes)
        try write(bytes, &state)
    }

    private static func append(_ frame: [UInt8], to bytes: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(frame.count).littleEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: Checksum.xxh3(frame[...]).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: frame)
    }

    private static func write(_ bytes: [UInt8], _ state: inout State) throws(StoreError) {
        let (file, end) = (state.file, state.end)
        try onDisk { () throws(DiskError) in
            try file?.write(bytes, at: end)
            try file?.sync()
        }
        state.end += bytes.count
    }

    private static func publish(_ state: inout State, _ partition: LogPartition) throws(StoreError) {
        state.file = nil
        state.pieces = nil
        let services = partition.services
        let hint = services.folder.hint(of: partition.tenant)
        let folder = services.folder.folder(of: partition.tenant)
        try onDisk { () throws(DiskError) in
            try services.disk.rename(path(partition), to: hint)
            try services.disk.syncFolder(folder)
        }
        let bytes = state.bytes
        partition.inner.withLock { $0.hintedBytes = bytes }
    }
}

extension LogPartition {
    /// Begins to write a hint file if the log behind the last one has grown so much that reading it would take long.
    func hintIfWorthwhile() {
        let isWorthwhile = inner.withLock { inner in
            inner.maintenance == nil && !inner.isStopping
                && isHintWorthwhile(inner, slack: services.limits.hintSlackBytes)
        }
        guard isWorthwhile else { return }
        do throws(StoreError) {
            _ = begin(try hintJob())
        } catch {
            noteFailedHint(error)
        }
    }

    /// Whether the log behind the hint is longer than `slack` and than a quarter of the log before it.
    func isHintWorthwhile(_ inner: borrowing Inner, slack: Int) -> Bool {
        guard case .open = inner.phase, !services.isReadOnly, inner.writeFailure == nil else { return false }
        let bytes = inner.logBytes
        return bytes - inner.hintedBytes > max(slack, inner.hintedBytes / 4) && bytes > inner.hintFloor
    }

    /// Writes a hint file at once, on this thread.
    func writeHintNow() throws(StoreError) {
        let isWanted = inner.withLock { isHintWorthwhile($0, slack: services.limits.hintSlackBytesAtClose) }
        guard isWanted else { return }
        do throws(StoreError) {
            let job = try hintJob()
            do throws(StoreError) {
                while try job.step(self) {}
            } catch {
                job.abandon(self)
                throw error
            }
        } catch {
            noteFailedHint(error)
        }
    }

    private func noteFailedHint(_ error: StoreError) {
        inner.withLock { $0.hintFloor = $0.logBytes + services.limits.hintSlackBytes }
        services.logger.warning(
            "The hint file of tenant '\(tenant)' could not be written: \(error.message) Nothing is lost; the next start reads "
                + "the log instead.",
            ["tenant": tenant.description]
        )
    }

    private func hintJob() throws(StoreError) -> HintJob {
        let (pieces, sequence, removalsSince, segments) = inner.withLock { inner in
            (inner.state.pieces(), inner.state.lastSequence, inner.removalsSince, inner.segments)
        }
        guard let last = segments.last else { throw Self.interrupted }
        let lastBytes = try onDisk { () throws(DiskError) in
            try HintHeader.lastBytes(of: last.file.open(), before: last.end)
        }
        let header = HintHeader(
            sequence: sequence,
            removalsSince: removalsSince,
            segments: segments.map {
                .init(number: $0.file.number, range: $0.range, end: $0.end, sequence: $0.sequence, marks: $0.marks)
            },
            lastBytes: lastBytes
        )
        return HintJob(pieces, header, bytes: segments.reduce(0) { $0 + $1.end })
    }
}
