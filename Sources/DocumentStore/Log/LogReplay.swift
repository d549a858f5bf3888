internal import FunctionKit

/// Rebuilds a tenant's documents from the lines of its log, and tells a torn tail from damage.
///
/// A group of lines is written only after every earlier group has been synced. So a line that is not whole was never
/// acknowledged if nothing of a later group stands behind it: it and what follows is the torn tail. If something does, the
/// line had been synced and is damaged now.
struct LogReplay {
    /// A place where the log is not as it was written.
    struct Flaw {
        var offset: Int
        var reason: String
    }

    private(set) var state: PartitionState
    /// Where the last whole line ends.
    private(set) var end = 0
    /// Where the lines end that a rewriting of the log left; 0 when it never was.
    private(set) var snapshotEnd = 0
    /// How many whole lines there are, the header included.
    private(set) var lines = 0
    /// The beginning of the torn tail; nil when there is none.
    private(set) var tear: Flaw?
    private var header: LogHeader?
    private var snapshotLinesLeft: Int64 = 0
    private let file: any DiskFile
    private let tenant: TenantName

    /// Prepares to replay the log of a tenant.
    init(_ file: any DiskFile, tenant: TenantName) {
        self.file = file
        self.tenant = tenant
        state = PartitionState(tenant: tenant, isLoading: true)
    }

    /// How a replay can fail.
    enum Failure: Error {
        case flaw(Flaw)
        case disk(DiskError)
    }

    /// Reads the whole log.
    mutating func run() throws(Failure) {
        var reader = LogReader(file)
        while let line = try read(&reader) { try take(line) }
        guard header != nil else {
            throw .flaw(tear ?? Flaw(offset: 0, reason: "the log is empty, without even its first line"))
        }
        if let tear, snapshotLinesLeft > 0 { throw .flaw(tear) }
        do throws(StoreError) {
            try state.finishLoading(body: body)
        } catch {
            throw .flaw(Flaw(offset: 0, reason: error.message))
        }
    }

    private func body(_ record: DocumentRecord) throws(StoreError) -> [UInt8] {
        try onDisk { () throws(DiskError) in
            try file.readFully(at: record.location.offset, count: record.location.count)
        }
    }

    private func read(_ reader: inout LogReader) throws(Failure) -> LogReader.Line? {
        do throws(DiskError) {
            return try reader.next()
        } catch {
            throw .disk(error)
        }
    }

    private mutating func take(_ line: LogReader.Line) throws(Failure) {
        let parsed: LogLine
        do throws(LogLineError) {
            parsed = try LogLine(line.bytes)
        } catch {
            // The first flaw decides; what stands behind it is only looked at for its group.
            let flaw = tear ?? Flaw(offset: line.offset, reason: error.reason)
            tear = flaw
            // The newline before a whole line may be what was lost.
            if let group = LogLine.lastGroup(within: line.bytes), group > state.lastSequence + 1 { throw .flaw(flaw) }
            return
        }
        if !line.isTerminated, tear == nil {
            tear = Flaw(offset: line.offset, reason: "the line has no end")
        }
        if let tear {
            guard let group = parsed.group, group <= state.lastSequence + 1, header != nil else { throw .flaw(tear) }
            return
        }
        let isInSnapshot = snapshotLinesLeft > 0
        do throws(LogLineError) {
            try apply(parsed, line)
        } catch {
            throw .flaw(Flaw(offset: line.offset, reason: error.reason))
        }
        end = line.offset + line.bytes.count + 1
        lines += 1
        if isInSnapshot { snapshotEnd = end }
    }

    private mutating func apply(_ parsed: LogLine, _ line: LogReader.Line) throws(LogLineError) {
        switch parsed {
        case .header(let header): try begin(header, line.offset)
        case .batch(let batch):
            try advance(to: batch.sequence)
            for operation in batch.operations { try apply(operation, line) }
        case .schema(let schema, let sequence, _, let at):
            try advance(to: sequence)
            try adopt(schema, at)
        }
    }

    private mutating func begin(_ header: LogHeader, _ offset: Int) throws(LogLineError) {
        guard self.header == nil else { throw LogLineError(reason: "a second first line stands here") }
        guard header.tenant == tenant.description else {
            throw LogLineError(reason: "the log belongs to tenant '\(header.tenant)'")
        }
        for schema in header.schemas { try adopt(schema, header.at) }
        state.restore(lastSequence: header.sequence)
        snapshotLinesLeft = header.snapshotLines
        self.header = header
    }

    private mutating func advance(to sequence: Int64) throws(LogLineError) {
        guard header != nil else { throw LogLineError(reason: "the first line is missing") }
        if snapshotLinesLeft > 0 {
            snapshotLinesLeft -= 1
            guard sequence == state.lastSequence else {
                throw LogLineError(reason: "batch \(sequence) stands where the snapshot goes on")
            }
            return
        }
        guard sequence == state.lastSequence + 1 else {
            throw LogLineError(reason: "batch \(sequence) stands where batch \(state.lastSequence + 1) belongs")
        }
        state.restore(lastSequence: sequence)
    }

    private mutating func apply(_ operation: LogBatch.Operation, _ line: LogReader.Line) throws(LogLineError) {
        guard case .put(let times, let body) = operation.effect else {
            do throws(StoreError) {
                try state.restoreRemoval(of: operation.key, oldBody: self.body)
            } catch {
                throw LogLineError(reason: error.message)
            }
            return
        }
        let location = BodyLocation(offset: line.offset + body.lowerBound, count: body.count)
        do throws(StoreError) {
            try state.restore(operation.key, times, body: line.bytes[body], at: location, oldBody: self.body)
        } catch {
            throw LogLineError(reason: error.message)
        }
    }

    private mutating func adopt(_ schema: CollectionSchema, _ at: Timestamp) throws(LogLineError) {
        do throws(StoreError) {
            if let plan = try state.plan(schema, at: at, body: body) {
                state.apply(plan, sequence: nil)
            }
        } catch {
            throw LogLineError(reason: error.message)
        }
    }
}

extension LogLine {
    /// The group of a whole line at the end of something that is none; nil when there is none.
    static func lastGroup(within bytes: [UInt8]) -> Int64? {
        let start = Array("{\"seq\":".utf8)
        var candidates = 0
        var position = 1
        while position + start.count <= bytes.count, candidates < candidatesMax {
            if bytes[position] == start[0], bytes[position..<position + start.count].elementsEqual(start) {
                candidates += 1
                if isWhole(bytes[position...]), let line = try? LogLine(Array(bytes[position...])) { return line.group }
            }
            position += 1
        }
        return nil
    }

    /// How many beginnings are tried, since each costs a checksum to the end.
    private static let candidatesMax = 256

    /// The number of the first line of the write that this line belonged to; nil for the header.
    var group: Int64? {
        switch self {
        case .header: nil
        case .batch(let batch): batch.group
        case .schema(_, _, let group, _): group
        }
    }
}
