internal import FunctionKit

/// A place where a log is not as it was written.
struct LogFlaw: Error {
    var path: String
    var offset: Int
    var reason: String
}

/// How reading a log can fail.
enum LogReadFailure: Error {
    case flaw(LogFlaw)
    case disk(DiskError)
    case store(StoreError)

    /// The error to hand on.
    ///
    /// - Parameter ending: what became of it and what to do, for a flaw.
    func storeError(_ ending: String) -> StoreError {
        switch self {
        case .disk(let error): error.storeError
        case .store(let error): error
        case .flaw(let flaw):
            StoreError(.damaged, "The log '\(flaw.path)' is damaged at byte \(flaw.offset): \(flaw.reason). \(ending)")
        }
    }

    /// True for damage that was found here, and that nobody has told of yet.
    var isFlaw: Bool {
        if case .flaw = self { return true }
        return false
    }
}

/// Reads the lines of one segment file in order, makes sure that each is the one that belongs there, and tells a torn tail from
/// damage.
///
/// A group of lines is written only after every earlier group has been synced. So a line at the end of the log that is not
/// whole was never acknowledged if nothing of a later group stands behind it: it and what follows is the torn tail. If something
/// does, the line had been synced and is damaged now. Only the last file of a log can have a torn tail, since a file is synced
/// before the next one is begun.
struct SegmentReader {
    /// A whole line, as it was understood.
    struct Line {
        var parsed: LogLine
        var offset: Int
        /// The bytes without the newline.
        var bytes: [UInt8]
    }

    /// The file's first line; nil until it has been read.
    private(set) var header: LogHeader?
    /// The number of the last batch so far.
    private(set) var sequence: Int64
    /// Where the last whole line ends.
    private(set) var end: Int
    /// How many whole lines there are so far, the header included.
    private(set) var lines = 0
    /// The beginning of the torn tail; nil when there is none.
    private(set) var tear: LogFlaw?
    private var reader: LogReader
    private var hasEnded = false
    /// Where the room for lines to come begins, if there is some.
    private var room: Int?
    private let path: String
    private let tenant: TenantName
    private let range: SegmentRange
    private let isLast: Bool
    /// True when reading began behind the header, so that the number of lines cannot be compared.
    private let isPartial: Bool

    /// Reads a file from its beginning.
    ///
    /// - Parameters:
    ///   - previous: the number of the last batch of the file before.
    ///   - isLast: true for the log's last file, which may have a torn tail.
    init(
        _ file: any DiskFile,
        path: String,
        tenant: TenantName,
        range: SegmentRange,
        after previous: Int64,
        isLast: Bool
    ) {
        reader = LogReader(file)
        sequence = previous
        end = 0
        isPartial = false
        self.path = path
        self.tenant = tenant
        self.range = range
        self.isLast = isLast
    }

    /// Reads on at the beginning of a line, in a file whose header has been read before.
    ///
    /// - Parameter previous: the number of the last batch before `offset`; in a compacted file any number at or before it.
    init(
        _ file: any DiskFile,
        path: String,
        tenant: TenantName,
        header: LogHeader,
        after previous: Int64,
        from offset: Int,
        isLast: Bool
    ) {
        reader = LogReader(file, from: offset)
        sequence = previous
        end = offset
        isPartial = true
        self.header = header
        self.path = path
        self.tenant = tenant
        self.range = header.range
        self.isLast = isLast
    }

    /// The next whole line, the header and a compacted file's end among them; nil behind the last one.
    mutating func next() throws(LogReadFailure) -> Line? {
        while let line = try read() {
            if let whole = try take(line) { return whole }
        }
        try checkEnd()
        return nil
    }

    private mutating func read() throws(LogReadFailure) -> LogReader.Line? {
        do throws(DiskError) {
            return try reader.next()
        } catch {
            throw .disk(error)
        }
    }

    private func flaw(_ offset: Int, _ reason: String) -> LogFlaw {
        LogFlaw(path: path, offset: offset, reason: reason)
    }

    private var isTearable: Bool { isLast && header?.isCompacted != true }

    private mutating func take(_ line: LogReader.Line) throws(LogReadFailure) -> Line? {
        if line.isBlank {
            try takeRoom(line)
            return nil
        }
        if let room, tear == nil {
            let flaw = flaw(room, "a line is missing")
            guard isTearable else { throw .flaw(flaw) }
            tear = flaw
        }
        let parsed: LogLine
        do throws(LogLineError) {
            parsed = try LogLine(line.bytes)
        } catch {
            // The first flaw decides; what stands behind it is only looked at for its group.
            let flaw = tear ?? flaw(line.offset, error.reason)
            guard isTearable else { throw .flaw(flaw) }
            tear = flaw
            // The newline before a whole line may be what was lost.
            if let group = LogLine.lastGroup(within: line.bytes), group > sequence + 1 { throw .flaw(flaw) }
            return nil
        }
        if !line.isTerminated, tear == nil {
            tear = flaw(line.offset, "the line has no end")
            guard isTearable else { throw .flaw(flaw(line.offset, "the line has no end")) }
        }
        if let tear {
            guard let group = parsed.group, group <= sequence + 1, header != nil else { throw .flaw(tear) }
            return nil
        }
        do throws(LogLineError) {
            try check(parsed)
        } catch {
            throw .flaw(flaw(line.offset, error.reason))
        }
        end = line.offset + line.bytes.count + 1
        lines += 1
        return Line(parsed: parsed, offset: line.offset, bytes: line.bytes)
    }

    /// Empty lines stand at the end of a file only, as room for more; see ``LogRoom``.
    private mutating func takeRoom(_ line: LogReader.Line) throws(LogReadFailure) {
        guard let header else { throw .flaw(flaw(line.offset, "the first line is missing")) }
        guard !header.isCompacted else { throw .flaw(flaw(line.offset, "an empty line stands in a compacted file")) }
        room = room ?? line.offset
    }

    private mutating func check(_ parsed: LogLine) throws(LogLineError) {
        if hasEnded { throw LogLineError(reason: "a line stands behind the end") }
        switch parsed {
        case .header(let header): try begin(header)
        case .batch(let batch): try advance(to: batch.sequence)
        case .schema(_, let sequence, _, _): try advance(to: sequence)
        case .end(let sequence, let count):
            guard let header, header.isCompacted, sequence == header.through, isPartial || count == lines else {
                throw LogLineError(reason: "the end does not fit what stands before it")
            }
            self.sequence = sequence
            hasEnded = true
        }
    }

    private mutating func begin(_ header: LogHeader) throws(LogLineError) {
        guard self.header == nil else { throw LogLineError(reason: "a second first line stands here") }
        guard header.tenant == tenant.description else {
            throw LogLineError(reason: "the log belongs to tenant '\(header.tenant)'")
        }
        guard header.range == range else {
            throw LogLineError(reason: "the file holds '\(header.range)' and was given another name")
        }
        guard header.sequence == sequence, header.through >= sequence else {
            throw LogLineError(
                reason:
                    "the file goes on behind batch \(header.sequence), but the log before it ends with batch \(sequence)"
            )
        }
        self.header = header
    }

    private mutating func advance(to next: Int64) throws(LogLineError) {
        guard let header else { throw LogLineError(reason: "the first line is missing") }
        if header.isCompacted {
            guard next > sequence, next <= header.through else {
                throw LogLineError(reason: "batch \(next) stands behind batch \(sequence) of a compacted file")
            }
        } else if next != sequence + 1 {
            throw LogLineError(reason: "batch \(next) stands where batch \(sequence + 1) belongs")
        }
        sequence = next
    }

    private func checkEnd() throws(LogReadFailure) {
        guard let header else {
            throw .flaw(tear ?? flaw(0, "the log is empty, without even its first line"))
        }
        if header.isCompacted, !hasEnded {
            throw .flaw(flaw(end, "the compacted file breaks off before its end"))
        }
        if header.isCompacted, isLast {
            throw .flaw(flaw(end, "the segment behind the compacted file is missing"))
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

    /// The number of the first line of the write that this line belonged to; nil for a header and an end.
    var group: Int64? {
        switch self {
        case .header, .end: nil
        case .batch(let batch): batch.group
        case .schema(_, _, let group, _): group
        }
    }
}
