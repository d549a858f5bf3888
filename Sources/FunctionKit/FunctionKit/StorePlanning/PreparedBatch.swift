/// A batch whose documents have been checked and whose index values have been picked out, without any look at the state.
///
/// Preparing is the costly part of a commit and needs no lock: only the schemas, as they stood a moment ago.
public struct PreparedBatch: Sendable {
    /// A document to write.
    struct Content: Sendable {
        var body: DocumentBody
        var expiresAt: Timestamp?
        var createdAt: Timestamp?
        var updatedAt: Timestamp?
        /// Which version of the collection's schema the values were picked for.
        var schemaVersion: Int
    }

    /// A condition or write; the document is separate so that conditions carry none.
    struct Write: Sendable {
        var key: DocumentKey
        var condition: Condition
        var effect: Effect
    }

    enum Condition: Sendable {
        /// Must not exist; the code says so when it does.
        case absent(StoreError.Code)
        case revision(Revision)
        case none
    }

    enum Effect: Sendable {
        case none
        case put(Content)
        case delete
    }

    let writes: [Write]
    /// How many writes and conditions there are.
    public var count: Int { writes.count }
    /// The bytes of all bodies.
    public let bytes: Int

    /// Checks a batch.
    ///
    /// - Parameters:
    ///   - batch: what the caller wants to commit.
    ///   - schemas: the partition's schemas now.
    /// - Throws: ``StoreError`` with `tooLarge` for too many writes or bytes, with the codes of
    ///   ``DocumentBody/init(checking:paths:name:)`` for a body, and with `invalidDocument` when the batch writes a document
    ///   twice.
    public init(_ batch: WriteBatch, schemas: SchemaSnapshot) throws(StoreError) {
        guard batch.writes.count <= StoreLimits.batchWritesMax else {
            throw StoreError(
                .tooLarge,
                "A batch of \(batch.writes.count) writes; at most \(StoreLimits.batchWritesMax) are committed together."
            )
        }
        var writes: [Write] = []
        writes.reserveCapacity(batch.writes.count)
        var written: Set<DocumentKey> = []
        // Most batches write one document, which stands there once.
        let mayRepeat = batch.writes.count > 1
        if mayRepeat { written.reserveCapacity(batch.writes.count) }
        var bytes = 0
        for write in batch.writes {
            let prepared = try Self.prepare(write, schemas)
            var isWrite = false
            switch prepared.effect {
            case .none: break
            case .put(let content):
                bytes += content.body.bytes.count
                isWrite = true
            case .delete: isWrite = true
            }
            if mayRepeat, isWrite, !written.insert(write.key).inserted {
                throw StoreError(.invalidDocument, "\(nameOf(write.key)) is written twice in one batch.")
            }
            writes.append(prepared)
        }
        guard bytes <= StoreLimits.batchBytesMax else {
            throw StoreError(
                .tooLarge,
                "A batch of \(bytes) bytes; at most \(StoreLimits.batchBytesMax) are committed together."
            )
        }
        self.writes = writes
        self.bytes = bytes
    }

    private static func prepare(_ write: WriteBatch.Write, _ schemas: SchemaSnapshot) throws(StoreError) -> Write {
        func put(_ content: WriteBatch.Content, _ condition: Condition) throws(StoreError) -> Write {
            let (paths, version) = schemas.paths(of: write.key.collection)
            let content = Content(
                body: try DocumentBody(checking: content.body, paths: paths, name: nameOf(write.key)),
                expiresAt: content.expiresAt,
                createdAt: content.createdAt,
                updatedAt: content.updatedAt,
                schemaVersion: version
            )
            return Write(key: write.key, condition: condition, effect: .put(content))
        }
        switch write.operation {
        case .create(let content): return try put(content, .absent(.alreadyExists))
        case .replace(let content, let expected): return try put(content, .revision(expected))
        case .upsert(let content): return try put(content, .none)
        case .delete(let expected):
            return Write(key: write.key, condition: expected.map { .revision($0) } ?? .none, effect: .delete)
        case .check(let expected):
            return Write(
                key: write.key,
                condition: expected.map { .revision($0) } ?? .absent(.revisionMismatch),
                effect: .none
            )
        }
    }
}

/// The schemas of a partition at one moment, for preparing batches without its lock.
public struct SchemaSnapshot: Sendable {
    private struct Collection: Sendable {
        var name: CollectionName
        var paths: IndexPaths
        var version: Int
    }

    /// Those that have a schema; few, so that comparing their names is faster than hashing one.
    private var collections: [Collection] = []

    func paths(of collection: CollectionName) -> (paths: IndexPaths, version: Int) {
        for known in collections where known.name == collection { return (known.paths, known.version) }
        return (IndexPaths.none, 0)
    }

    mutating func set(_ name: CollectionName, _ paths: IndexPaths, _ version: Int) {
        let new = Collection(name: name, paths: paths, version: version)
        if let known = collections.firstIndex(where: { $0.name == name }) {
            collections[known] = new
        } else {
            collections.append(new)
        }
    }
}

/// How errors name a document.
func nameOf(_ key: DocumentKey) -> String { "Document '\(key.id)' of '\(key.collection)'" }
