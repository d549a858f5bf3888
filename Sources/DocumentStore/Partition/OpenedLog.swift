internal import FunctionKit
internal import Glibc

/// What reading the logs of a folder takes.
struct LogAccess: Sendable {
    let folder: DataFolder
    let handles: FileHandles
    /// Who is told of a hint file that is not used; nil for nobody.
    let logger: Logger?
    /// True when somebody else may be writing.
    let isReadOnly: Bool
}

/// A tenant's log as it is found on the disk: its files, and its documents, with the help of the hint file where that fits.
struct OpenedLog {
    private(set) var segments: [Segment] = []
    private(set) var state: PartitionState
    private(set) var tear: LogFlaw?
    private(set) var leftovers: [String] = []
    private(set) var removalsSince: Int64 = 0
    /// How many bytes of the log the hint stood for; 0 without one.
    private(set) var hintedBytes = 0
    /// How many whole lines were read, those that the hint stands for not included.
    private(set) var lines = 0
    private let tenant: TenantName
    private let access: LogAccess

    /// Opens a log; nil when there is none.
    ///
    /// - Parameter usesHint: false to read every line.
    init?(_ tenant: TenantName, _ access: LogAccess, usesHint: Bool = true) throws(LogReadFailure) {
        self.tenant = tenant
        self.access = access
        state = PartitionState(tenant: tenant)
        for attempt in 1... {
            do throws(LogReadFailure) {
                guard try read(usesHint) else { return nil }
                return
            } catch {
                // In a folder that somebody else writes to, files may be replaced between listing and opening them.
                guard access.isReadOnly, case .disk(let cause) = error, cause.number == ENOENT,
                    attempt < Self.attemptsMax
                else { throw error }
            }
        }
    }

    private static let attemptsMax = 10

    /// The number that the next file gets.
    var nextFileNumber: Int { (segments.map(\.file.number).max() ?? -1) + 1 }

    var files: LogFiles { LogFiles(segments.map(\.file)) }

    private mutating func read(_ usesHint: Bool) throws(LogReadFailure) -> Bool {
        let listing = try onDisk { () throws(DiskError) in try access.folder.segments(of: tenant) }
        leftovers = listing.leftovers
        segments = []
        var hint = usesHint && listing.hasHint ? loadHint() : nil
        let known = hint?.header
        guard !listing.ranges.isEmpty else {
            guard let known else { return false }
            throw .flaw(lost(known))
        }
        try checkOverlap(listing.ranges)
        if let header = known, let reason = try mismatch(header, listing.ranges) {
            access.logger?.info("The hint file of '\(tenant)' is not used, since \(reason). The log is read instead.")
            hint = nil
        }
        hintedBytes = hint?.header.segments.reduce(0) { $0 + $1.end } ?? 0
        let hinted = hint?.header
        // The state has one owner while it changes, or each change would copy it.
        var replay = LogReplay(
            hint.take()?.state ?? PartitionState(tenant: tenant, isLoading: true),
            removalsSince: hinted?.removalsSince ?? 0
        )
        for (index, range) in listing.ranges.enumerated() {
            let isLast = index == listing.ranges.count - 1
            try read(range, isLast: isLast, hinted, isLastHinted: index + 1 == hinted?.segments.count, &replay)
        }
        removalsSince = replay.removalsSince
        let files = files
        do throws(StoreError) {
            state = try replay.finish { (record) throws(StoreError) in try files.body(record.location) }
        } catch {
            throw .store(error)
        }
        if let known, state.lastSequence < known.sequence { throw .flaw(lost(known)) }
        return true
    }

    private func onDisk<Result>(_ body: () throws(DiskError) -> Result) throws(LogReadFailure) -> Result {
        do throws(DiskError) {
            return try body()
        } catch {
            throw .disk(error)
        }
    }

    private func loadHint() -> HintFile? {
        do throws(HintFile.Failure) {
            return try HintFile(tenant, access.folder)
        } catch {
            access.logger?.warning(
                "The hint file '\(access.folder.hint(of: tenant))' cannot be used: \(error.reason). The log is read instead, "
                    + "and nothing is lost.",
                ["tenant": tenant.description]
            )
            return nil
        }
    }

    private func lost(_ hint: HintHeader) -> LogFlaw {
        LogFlaw(
            path: segments.last?.file.path ?? access.folder.folder(of: tenant),
            offset: segments.last?.end ?? 0,
            reason: "the log ends here, but its hint file knows of batch \(hint.sequence), which was durable"
        )
    }

    private func checkOverlap(_ ranges: [SegmentRange]) throws(LogReadFailure) {
        for (left, right) in zip(ranges, ranges.dropFirst()) where right.first <= left.last {
            throw .flaw(
                LogFlaw(
                    path: access.folder.segment(right, of: tenant),
                    offset: 0,
                    reason: "the file holds segments that '\(left)' holds too"
                )
            )
        }
    }

    /// Why a hint does not belong to these files; nil when it does.
    private func mismatch(_ hint: HintHeader, _ ranges: [SegmentRange]) throws(LogReadFailure) -> String? {
        guard hint.segments.map(\.range) == Array(ranges.prefix(hint.segments.count)) else {
            return "it was made for other files"
        }
        for (index, segment) in hint.segments.enumerated() {
            let isLast = index == hint.segments.count - 1
            let path = access.folder.segment(segment.range, of: tenant)
            let fits = try onDisk { () throws(DiskError) -> Bool in
                guard let file = try access.folder.disk.open(path, .read) else { throw DiskError("open", path, ENOENT) }
                let size = try file.size()
                guard isLast else { return size == segment.end }
                guard size >= segment.end else { return false }
                return try HintHeader.lastBytes(of: file, before: segment.end) == hint.lastBytes
            }
            if !fits { return "'\(segment.range)' has changed since it was made" }
        }
        return nil
    }

    /// Reads one file, as far as the hint does not stand for it.
    private mutating func read(
        _ range: SegmentRange,
        isLast: Bool,
        _ hint: HintHeader?,
        isLastHinted: Bool,
        _ replay: inout LogReplay
    ) throws(LogReadFailure) {
        let index = segments.count
        let hinted = hint.flatMap { index < $0.segments.count ? $0.segments[index] : nil }
        let number = hinted?.number ?? max(nextFileNumber, (hint?.segments.map(\.number).max() ?? -1) + 1)
        let path = access.folder.segment(range, of: tenant)
        let file = LogFile(
            number: number,
            range: range,
            path: path,
            mode: isLast && !access.isReadOnly ? .write : .read,
            handles: access.handles
        )
        let disk = try onDisk { () throws(DiskError) in try file.open() }
        let previous = segments.last?.sequence ?? 0
        var reader = SegmentReader(disk, path: path, tenant: tenant, range: range, after: previous, isLast: isLast)
        var files = files
        files.append(file)
        if let hinted {
            guard let header = try reader.next().flatMap({ _ in reader.header }) else {
                throw .flaw(LogFlaw(path: path, offset: 0, reason: "the first line is missing"))
            }
            guard isLastHinted else {
                segments.append(
                    Segment(file: file, header: header, end: hinted.end, sequence: hinted.sequence, marks: hinted.marks)
                )
                return
            }
            replay.beginSegment(hinted.marks)
            reader = SegmentReader(
                disk,
                path: path,
                tenant: tenant,
                header: header,
                after: hinted.sequence,
                from: hinted.end,
                isLast: isLast
            )
        } else {
            replay.beginSegment()
        }
        while let line = try reader.next() {
            do throws(StoreError) {
                try replay.take(line, file: number) { (record) throws(StoreError) in try files.body(record.location) }
            } catch {
                guard error.code != .unavailable else { throw .store(error) }
                throw .flaw(LogFlaw(path: path, offset: line.offset, reason: error.message))
            }
        }
        lines += reader.lines
        tear = reader.tear
        guard let header = reader.header else { return }
        var segment = Segment(
            file: file,
            header: header,
            end: reader.end,
            sequence: reader.sequence,
            marks: replay.marks
        )
        // A process that was killed leaves its room behind; a tear is cut off, and the room with it.
        if isLast, tear == nil { segment.roomEnd = try onDisk { () throws(DiskError) in try disk.size() } }
        segments.append(segment)
    }
}
