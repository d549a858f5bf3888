internal import FunctionKit

/// Puts lines together.
struct LogLineWriter {
    /// The lines so far.
    private(set) var bytes: [UInt8] = []
    private var lineStart = 0

    /// Makes a writer with room for so many bytes.
    init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    mutating func header(_ header: LogHeader) throws(StoreError) {
        append(text: "{\"postern_log\":\(LogLine.version),\"tenant\":\"\(header.tenant)\",")
        append(text: "\"first\":\(header.range.first),\"last\":\(header.range.last),")
        append(text: "\"seq\":\(header.sequence),\"through\":\(header.through),")
        append(text: "\"removals_since\":\(header.removalsSince),\"at\":\"\(header.at)\",\"schemas\":[")
        for (index, schema) in header.schemas.enumerated() {
            if index > 0 { append(",") }
            bytes.append(contentsOf: try schema.json())
        }
        append("]")
        endLine()
    }

    /// Appends the last line of a compacted file.
    mutating func end(sequence: Int64, lines: Int) {
        append(text: "{\"end\":\(sequence),\"lines\":\(lines)")
        endLine()
    }

    mutating func schema(_ schema: CollectionSchema, sequence: Int64, group: Int64, at: Timestamp) throws(StoreError) {
        append(text: "{\"seq\":\(sequence),\"group\":\(group),\"at\":\"\(at)\",\"schema\":")
        bytes.append(contentsOf: try schema.json())
        endLine()
    }

    /// Appends a batch and tells it where each body lies in ``bytes``, with file number 0.
    mutating func batch(_ plan: inout CommitPlan, group: Int64) {
        begin(sequence: plan.revision.rawValue, group: group, at: plan.committedAt)
        for index in plan.changes.indices {
            if index > 0 { append(",") }
            switch plan.changes[index].effect {
            case .put(let record):
                let location = put(plan.changes[index].key, record, plan.committedAt, plan.bodies[index])
                plan.place(index, at: location)
            case .delete:
                open("{\"delete\":\"", plan.changes[index].key)
                append("}")
            }
        }
        endBatch()
    }

    /// Appends some operations of a batch as they stand in its line, and returns how far each has moved: what to add to an
    /// offset within `line` to get one within ``bytes``.
    mutating func batch(_ batch: LogBatch, keeping operations: [LogBatch.Operation], of line: [UInt8]) -> [Int] {
        begin(sequence: batch.sequence, group: batch.group, at: batch.at)
        var shifts: [Int] = []
        shifts.reserveCapacity(operations.count)
        for operation in operations {
            if !shifts.isEmpty { append(",") }
            shifts.append(bytes.count - operation.range.lowerBound)
            bytes.append(contentsOf: line[operation.range])
        }
        endBatch()
        return shifts
    }

    mutating func begin(sequence: Int64, group: Int64, at: Timestamp) {
        append("{\"seq\":")
        append(sequence)
        append(",\"group\":")
        append(group)
        append(",\"at\":\"")
        at.append(to: &bytes)
        append("\",\"ops\":[")
    }

    mutating func endBatch() {
        append("]")
        endLine()
    }

    /// Appends one written document and returns where its body lies in ``bytes``.
    private mutating func put(_ key: DocumentKey, _ record: DocumentRecord, _ at: Timestamp, _ body: [UInt8])
        -> BodyLocation
    {
        open("{\"put\":\"", key)
        if record.createdAt != at { append(",\"created_at\":\"", record.createdAt) }
        if record.updatedAt != at { append(",\"updated_at\":\"", record.updatedAt) }
        if let moment = record.expiresAt { append(",\"expires_at\":\"", moment) }
        append(",\"doc\":")
        let start = bytes.count
        bytes.append(contentsOf: body)
        append("}")
        return BodyLocation(file: 0, offset: start, count: body.count, checksum: Checksum.ofBody(body[...]))
    }

    private mutating func open(_ beginning: StaticString, _ key: DocumentKey) {
        append(beginning)
        bytes.append(contentsOf: key.collection.description.utf8)
        append("\",\"id\":")
        appendJSONString(key.id.description, to: &bytes)
    }

    /// Appends a member whose value is a time; what stands before the time is given.
    private mutating func append(_ beginning: StaticString, _ moment: Timestamp) {
        append(beginning)
        moment.append(to: &bytes)
        append("\"")
    }

    /// Appends a number in decimal digits.
    private mutating func append(_ number: Int64) {
        // A short text lies within the string itself: this allocates nothing.
        bytes.append(contentsOf: String(number).utf8)
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func append(text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func endLine() {
        let checksum = Checksum.crc32(bytes[lineStart...])
        append(",\"crc\":\"")
        Checksum.appendText(of: checksum, to: &bytes)
        append("\"}\n")
        lineStart = bytes.count
    }
}
