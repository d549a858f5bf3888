/// The documents and indexes of one collection.
///
/// A record does not keep its index keys: whoever changes a document brings its old entries along.
struct CollectionState: Sendable {
    let name: CollectionName
    private(set) var schema: CollectionSchema?
    /// Grows with each change of the schema, so that a batch prepared for an older one is noticed.
    private(set) var version = 0
    private(set) var entries = IndexEntries()
    var records = RecordTable()
    /// The ids as bytes, with their slots.
    var ids = PackedMap()
    /// The entries of each index, in the schema's order, with the slots.
    var indexes: [PackedMap] = []
    /// The documents that expire: the moment in eight bytes that sort as moments do, and the id.
    var expiries = PackedMap()
    /// The bytes of the bodies of all documents that are held.
    var liveBytes = 0

    init(name: CollectionName) { self.name = name }

    var definitions: [IndexDefinition] { entries.definitions }
    var paths: IndexPaths { entries.paths }

    /// A document whether it has expired or not.
    func record(_ id: DocumentID) -> DocumentRecord? { ids.get(id.description).map { records[$0] } }

    /// Makes a change, with its body at `start` and what its record says, in `file` unless the record says which.
    mutating func apply(_ change: CommitPlan.Change, inFile file: Int? = nil, from start: Int = 0) {
        let id = Array(change.key.id.description.utf8)
        let held = ids.get(id)
        let oldCount = held.map { records.packed($0).count } ?? 0
        if let held { forgetExpiry(held, id) }
        switch change.effect {
        case .put(var record):
            record.location = BodyLocation(
                file: file ?? record.location.file,
                offset: record.location.offset + start,
                count: record.location.count,
                checksum: record.location.checksum
            )
            let slot: UInt32
            if let held {
                slot = held
                records.update(slot, record)
            } else {
                slot = records.insert(record)
                ids.set(id, slot)
            }
            if let moment = record.expiresAt { expiries.set(Self.expiryKey(moment, id), slot) }
            change.replaceEntries {
                indexes[$0.index].remove($0.key)
            } add: {
                indexes[$0.index].set($0.key, slot)
            }
            liveBytes += record.location.count - oldCount
        case .delete:
            guard let held else { return }
            ids.remove(id)
            records.remove(held)
            for entry in change.oldEntries { indexes[entry.index].remove(entry.key) }
            liveBytes -= oldCount
        }
    }

    private mutating func forgetExpiry(_ slot: UInt32, _ id: [UInt8]) {
        guard records.packed(slot).expires, let moment = records[slot].expiresAt else { return }
        expiries.remove(Self.expiryKey(moment, id))
    }

    static func expiryKey(_ moment: Timestamp, _ id: [UInt8]) -> [UInt8] { momentKey(moment) + id }

    static func momentKey(_ moment: Timestamp) -> [UInt8] {
        let bits = UInt64(bitPattern: moment.milliseconds) ^ 1 << 63
        return withUnsafeBytes(of: bits.bigEndian) { Array($0) }
    }

    static func moment(ofExpiry key: [UInt8]) -> Timestamp {
        let bits = key.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        return Timestamp(milliseconds: Int64(bitPattern: bits ^ 1 << 63))
    }

    /// Takes over a schema, with an index for each of its definitions; none while a log is being read.
    mutating func adopt(_ schema: CollectionSchema, indexes: [PackedMap]) {
        self.schema = schema
        version += 1
        entries = IndexEntries(definitions: schema.indexes)
        self.indexes = indexes
    }
}

extension CommitPlan.Change {
    /// Calls `remove` with the entries that go and `add` with those that come.
    func replaceEntries(_ remove: (IndexEntry) -> Void, add: (IndexEntry) -> Void) {
        // Nothing is compared with nothing: a new document, or one that goes.
        if oldEntries.isEmpty { return entries.forEach(add) }
        if entries.isEmpty { return oldEntries.forEach(remove) }
        // Few as a rule; a set only where comparing each with each would cost more.
        if entries.count + oldEntries.count <= 16 {
            for entry in oldEntries where !entries.contains(entry) { remove(entry) }
            for entry in entries where !oldEntries.contains(entry) { add(entry) }
        } else {
            let (new, old) = (Set(entries), Set(oldEntries))
            for entry in oldEntries where !new.contains(entry) { remove(entry) }
            for entry in entries where !old.contains(entry) { add(entry) }
        }
    }
}
