internal import FunctionKit

/// Puts lines together.
struct LogLineWriter {
    /// The lines so far.
    private(set) var bytes: [UInt8] = []
    private var lineStart = 0

    mutating func header(_ header: LogHeader) throws(StoreError) {
        append("{\"postern_log\":\(LogLine.version),\"tenant\":\"\(header.tenant)\",\"first\":\(header.range.first),")
        append("\"last\":\(header.range.last),\"seq\":\(header.sequence),\"through\":\(header.through),")
        append("\"removals_since\":\(header.removalsSince),\"at\":\"\(header.at)\",\"schemas\":[")
        for (index, schema) in header.schemas.enumerated() {
            if index > 0 { append(",") }
            bytes.append(contentsOf: try schema.json())
        }
        append("]")
        endLine()
    }

    /// Appends the last line of a compacted file.
    mutating func end(sequence: Int64, lines: Int) {
        append("{\"end\":\(sequence),\"lines\":\(lines)")
        endLine()
    }

    mutating func schema(_ schema: CollectionSchema, sequence: Int64, group: Int64, at: Timestamp) throws(StoreError) {
        append("{\"seq\":\(sequence),\"group\":\(group),\"at\":\"\(at)\",\"schema\":")
        bytes.append(contentsOf: try schema.json())
        endLine()
    }

    /// Appends a batch and returns where each body lies in ``bytes``, with file number 0.
    mutating func batch(_ plan: CommitPlan, group: Int64) -> [BodyLocation] {
        begin(sequence: plan.revision.rawValue, group: group, at: plan.committedAt)
        var locations: [BodyLocation] = []
        locations.reserveCapacity(plan.changes.count)
        for (index, change) in plan.changes.enumerated() {
            if index > 0 { append(",") }
            switch change.effect {
            case .put(let record):
                locations.append(put(change.key, record, plan.committedAt, plan.bodies[index]))
            case .delete:
                open("delete", change.key)
                append("}")
                locations.append(BodyLocation(file: 0, offset: 0, count: 0, checksum: 0))
            }
        }
        endBatch()
        return locations
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
        append("{\"seq\":\(sequence),\"group\":\(group),\"at\":\"\(at)\",\"ops\":[")
    }

    mutating func endBatch() {
        append("]")
        endLine()
    }

    /// Appends one written document and returns where its body lies in ``bytes``.
    private mutating func put(_ key: DocumentKey, _ record: DocumentRecord, _ at: Timestamp, _ body: [UInt8])
        -> BodyLocation
    {
        open("put", key)
        if record.createdAt != at { append(",\"created_at\":\"\(record.createdAt)\"") }
        if record.updatedAt != at { append(",\"updated_at\":\"\(record.updatedAt)\"") }
        if let moment = record.expiresAt { append(",\"expires_at\":\"\(moment)\"") }
        append(",\"doc\":")
        let start = bytes.count
        bytes.append(contentsOf: body)
        append("}")
        return BodyLocation(file: 0, offset: start, count: body.count, checksum: Checksum.ofBody(body[...]))
    }

    private mutating func open(_ operation: String, _ key: DocumentKey) {
        append("{\"\(operation)\":\"\(key.collection)\",\"id\":")
        appendJSONString(key.id.description, to: &bytes)
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func endLine() {
        let checksum = Checksum.crc32(bytes[lineStart...])
        append(",\"crc\":\"")
        Checksum.appendText(of: checksum, to: &bytes)
        append("\"}\n")
        lineStart = bytes.count
    }
}
