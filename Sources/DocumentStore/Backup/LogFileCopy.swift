internal import Crypto
internal import FunctionKit
internal import Glibc

/// Copies the whole lines of one log file and checks each on its way.
///
/// The last file of a tenant may end in a write that goes on or never was finished; that end is left out. By the rule of
/// ``LogReplay``, whatever else is not whole is damage: a line was written only after every earlier group was synced, so a
/// flaw with a later group behind it stood in what had been acknowledged.
struct LogFileCopy {
    /// Why a file cannot be copied.
    enum Failure: Error {
        /// The file is not in order, or cannot be read: the tenant's affair.
        case source(BackupManifest.Failure)
        /// The copy cannot be written: the whole backup's affair.
        case destination(DiskError)
    }

    /// What was copied.
    private(set) var bytes = 0
    /// The number of the last batch among the lines so far; begins with that of the file before.
    private(set) var lastSequence: Int64

    private let path: String
    private let source: any DiskFile
    private let target: any DiskFile
    private let isLast: Bool
    private let digest = RunningSHA256()
    private var buffer: [UInt8] = []
    private var flaw: (offset: Int, reason: String)?

    private static let bufferBytes = 1 << 20

    /// Prepares to copy `source`, which `path` names in errors, into the empty file `target`.
    ///
    /// - Parameters:
    ///   - isLast: whether nothing of the tenant stands behind this file.
    ///   - lastSequence: the number of the last batch before it.
    init(of source: any DiskFile, path: String, to target: any DiskFile, isLast: Bool, lastSequence: Int64) {
        self.source = source
        self.path = path
        self.target = target
        self.isLast = isLast
        self.lastSequence = lastSequence
    }

    /// Copies everything, durably.
    ///
    /// - Returns: the SHA-256 of the copy.
    mutating func run() throws(Failure) -> [UInt8] {
        var reader = LogReader(source)
        while let line = try next(&reader) {
            try take(line)
            if buffer.count >= Self.bufferBytes { try flush() }
        }
        try flush()
        do throws(DiskError) {
            try target.sync()
        } catch {
            throw .destination(error)
        }
        return digest.finish()
    }

    private func next(_ reader: inout LogReader) throws(Failure) -> LogReader.Line? {
        do throws(DiskError) {
            return try reader.next()
        } catch {
            throw .source(.init(file: path, offset: nil, reason: error.description))
        }
    }

    private mutating func take(_ line: LogReader.Line) throws(Failure) {
        guard flaw == nil, line.isTerminated, LogLine.isWhole(line.bytes[...]) else { return try takeFlawed(line) }
        buffer.append(contentsOf: line.bytes)
        buffer.append(UInt8(ascii: "\n"))
        if let sequence = LogLine.sequence(of: line.bytes) { lastSequence = sequence }
    }

    private mutating func takeFlawed(_ line: LogReader.Line) throws(Failure) {
        let first = flaw ?? (line.offset, Self.reason(line))
        flaw = first
        let group = (try? LogLine(line.bytes))?.group ?? LogLine.lastGroup(within: line.bytes)
        guard isLast, group ?? 0 <= lastSequence + 1 else {
            throw .source(.init(file: path, offset: first.offset, reason: first.reason))
        }
    }

    private static func reason(_ line: LogReader.Line) -> String {
        if line.bytes.isEmpty { return "a line is empty, or longer than any that a store writes" }
        return line.isTerminated ? "the checksum does not fit the line" : "the line has no end"
    }

    private mutating func flush() throws(Failure) {
        guard !buffer.isEmpty else { return }
        do throws(DiskError) {
            try target.write(buffer, at: bytes)
        } catch {
            throw .destination(error)
        }
        digest.update(buffer)
        bytes += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}

extension LogLine {
    /// The number of a line that is whole, without reading the rest of it.
    static func sequence(of line: [UInt8]) -> Int64? {
        // It stands first, or in a header behind other short members; the end of a compacted file has it under a name of its own.
        let end = Array("{\"end\":".utf8)
        let name = line.starts(with: end) ? Array(end.dropFirst()) : Array("\"seq\":".utf8)
        let head = line.prefix(200)
        guard head.count > name.count else { return nil }
        for start in 0..<head.count - name.count where head[start] == name[0] {
            guard head[start..<start + name.count].elementsEqual(name) else { continue }
            let digits = head[(start + name.count)...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return Int64(String(decoding: digits, as: UTF8.self))
        }
        return nil
    }
}
