/// The documents of a page before their bodies are read.
public struct RecordPage: Sendable {
    private var records: [DocumentRecord] = []
    /// The keys of the index one behind another; the ids are their ends.
    private var keys: [UInt8] = []
    private var ids: [(start: UInt32, end: UInt32)] = []
    /// Where the next page begins; nil on the last one.
    public internal(set) var nextCursor: String?

    init(capacity: Int) {
        records.reserveCapacity(capacity)
        ids.reserveCapacity(capacity)
    }

    /// How many documents there are.
    public var count: Int { records.count }

    /// The record of a document, by its place in the query's order.
    public func record(_ index: Int) -> DocumentRecord { records[index] }

    /// The id of a document, by its place in the query's order; made when it is asked for.
    public func id(_ index: Int) -> DocumentID {
        DocumentID(trusted: keys[Int(ids[index].start)..<Int(ids[index].end)])
    }

    /// Adds an entry of an index with so many fields.
    mutating func append(_ entry: PackedEntry, fields: Int, _ record: DocumentRecord) {
        let start = keys.count
        // The keys of a page have much the same length.
        if start == 0 { keys.reserveCapacity((entry.keyCount + 8) * ids.capacity) }
        entry.appendKey(to: &keys)
        let id = fields == 0 ? start : IndexKey.offset(behind: fields, in: keys, from: start)
        ids.append((UInt32(truncatingIfNeeded: id), UInt32(truncatingIfNeeded: keys.count)))
        records.append(record)
        lastKey = start
    }

    private var lastKey = 0

    /// The key of the last document.
    var lastKeyBytes: ArraySlice<UInt8> { keys[lastKey...] }
}
