internal import FoundationEssentials
internal import FunctionKit

/// What is wrong with a line.
struct LogLineError: Error {
    var reason: String
}

extension LogLine {
    /// True when the line, without its newline, is whole: its end is in place and the checksum is that of its bytes.
    static func isWhole(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count > suffixBytes else { return false }
        let end = line.endIndex - suffixBytes
        var suffix = Array(",\"crc\":\"".utf8)
        Checksum.appendText(of: Checksum.crc32(line[..<end]), to: &suffix)
        suffix.append(contentsOf: "\"}".utf8)
        return line[end...].elementsEqual(suffix)
    }

    /// Reads a line without its newline.
    ///
    /// - Throws: ``LogLineError`` for a wrong checksum and for a line that this version does not understand.
    init(_ line: [UInt8]) throws(LogLineError) {
        guard Self.isWhole(line[...]) else { throw LogLineError(reason: "the checksum does not fit the line") }
        var reader = LogLineReader(line: line, end: line.count - Self.suffixBytes)
        if reader.take("{\"postern_log\":") {
            self = .header(try reader.header())
            return
        }
        if reader.take("{\"end\":") {
            let sequence = try reader.integer()
            try reader.expect(",\"lines\":")
            self = .end(sequence: sequence, lines: try reader.integer())
            try reader.expectEnd()
            return
        }
        try reader.expect("{\"seq\":")
        let sequence = try reader.integer()
        try reader.expect(",\"group\":")
        let group = try reader.integer()
        try reader.expect(",\"at\":")
        let at = try reader.time()
        if reader.take(",\"schema\":") {
            self = .schema(try reader.schema(), sequence: sequence, group: group, at: at)
        } else {
            try reader.expect(",\"ops\":[")
            let operations = try reader.operations(at, sequence)
            self = .batch(LogBatch(sequence: sequence, group: group, at: at, operations: operations))
        }
        try reader.expectEnd()
    }
}

/// Reads the members of a line in the order in which they are written. The checksum has been verified before, so the line is
/// what a version of this program wrote.
private struct LogLineReader {
    let line: [UInt8]
    let end: Int
    var position = 0

    init(line: [UInt8], end: Int) {
        self.line = line
        self.end = end
    }

    mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        let matches = text.withUTF8Buffer { text in
            position + count <= end && line[position..<position + count].elementsEqual(text)
        }
        if matches { position += count }
        return matches
    }

    mutating func expect(_ text: StaticString) throws(LogLineError) {
        guard take(text) else { throw unknown() }
    }

    func expectEnd() throws(LogLineError) {
        guard position == end else { throw unknown() }
    }

    func unknown() -> LogLineError {
        LogLineError(reason: "this version of Postern does not know what stands at byte \(position) of the line")
    }

    mutating func integer() throws(LogLineError) -> Int64 {
        let start = position
        while position < end, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(line[position]) { position += 1 }
        guard let value = Int64(String(decoding: line[start..<position], as: UTF8.self)) else { throw unknown() }
        return value
    }

    mutating func text() throws(LogLineError) -> String {
        guard take("\"") else { throw unknown() }
        let start = position
        while position < end, line[position] != UInt8(ascii: "\""), line[position] != UInt8(ascii: "\\") {
            position += 1
        }
        if position < end, line[position] == UInt8(ascii: "\"") {
            defer { position += 1 }
            return String(decoding: line[start..<position], as: UTF8.self)
        }
        var bytes = Array(line[start..<position])
        while position < end, line[position] != UInt8(ascii: "\"") {
            if line[position] == UInt8(ascii: "\\") {
                guard position + 1 < end else { throw unknown() }
                // Ids have no control characters, so quotes and backslashes are all that is escaped.
                position += 1
            }
            bytes.append(line[position])
            position += 1
        }
        try expect("\"")
        return String(decoding: bytes, as: UTF8.self)
    }

    mutating func time() throws(LogLineError) -> Timestamp {
        guard let time = Timestamp(try text()) else { throw unknown() }
        return time
    }

    /// Steps over an object and returns where it is.
    mutating func object() throws(LogLineError) -> Range<Int> {
        let start = position
        guard position < end, line[position] == UInt8(ascii: "{") else { throw unknown() }
        var depth = 0
        var isInString = false
        while position < end {
            let byte = line[position]
            position += 1
            if isInString {
                if byte == UInt8(ascii: "\\") {
                    position += 1
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return start..<position }
            default: break
            }
        }
        throw unknown()
    }

    mutating func schema() throws(LogLineError) -> CollectionSchema {
        let range = try object()
        guard let schema = try? JSONDecoder().decode(CollectionSchema.self, from: Data(line[range])) else {
            throw unknown()
        }
        return schema
    }

    mutating func header() throws(LogLineError) -> LogHeader {
        let version = try integer()
        guard version == LogLine.version else {
            throw LogLineError(reason: "the log has version \(version); this Postern reads version \(LogLine.version)")
        }
        try expect(",\"tenant\":")
        let tenant = try text()
        try expect(",\"first\":")
        let first = try integer()
        try expect(",\"last\":")
        let last = try integer()
        try expect(",\"seq\":")
        let sequence = try integer()
        try expect(",\"through\":")
        let through = try integer()
        try expect(",\"removals_since\":")
        let removalsSince = try integer()
        try expect(",\"at\":")
        let at = try time()
        try expect(",\"schemas\":[")
        var schemas: [CollectionSchema] = []
        while !take("]") {
            if !schemas.isEmpty { try expect(",") }
            schemas.append(try schema())
        }
        try expectEnd()
        return LogHeader(
            tenant: tenant,
            range: SegmentRange(Int(first), Int(last)),
            sequence: sequence,
            through: through,
            removalsSince: removalsSince,
            at: at,
            schemas: schemas
        )
    }

    mutating func operations(_ at: Timestamp, _ sequence: Int64) throws(LogLineError) -> [LogBatch.Operation] {
        var operations: [LogBatch.Operation] = []
        while !take("]") {
            if !operations.isEmpty { try expect(",") }
            let start = position
            let isPut = take("{\"put\":")
            if !isPut { try expect("{\"delete\":") }
            let collection = try text()
            try expect(",\"id\":")
            let id = try text()
            guard let collection = try? CollectionName(collection), let id = try? DocumentID(id) else {
                throw unknown()
            }
            let effect = isPut ? try put(at, sequence) : .delete
            try expect("}")
            operations.append(.init(key: DocumentKey(collection, id), effect: effect, range: start..<position))
        }
        return operations
    }

    private mutating func put(_ at: Timestamp, _ sequence: Int64) throws(LogLineError) -> LogBatch.Effect {
        let createdAt = take(",\"created_at\":") ? try time() : at
        let updatedAt = take(",\"updated_at\":") ? try time() : at
        let expiresAt = take(",\"expires_at\":") ? try time() : nil
        try expect(",\"doc\":")
        let times = DocumentTimes(
            revision: Revision(rawValue: sequence),
            createdAt: createdAt,
            updatedAt: updatedAt,
            expiresAt: expiresAt
        )
        return .put(times, body: try object())
    }
}
