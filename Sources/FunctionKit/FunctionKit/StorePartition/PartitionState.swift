/// The documents of one tenant as an engine holds them in memory, and every decision about them: conditions, unique indexes,
/// expiry, order, paging. Engines add only where bodies are kept and when a change counts as done, so they cannot drift apart.
///
/// It is a value without locks and without effects. A commit goes through three steps: a ``PreparedBatch`` is made without the
/// state, ``plan(_:over:at:bytesMax:body:)`` checks it against the state and what is planned but not durable yet, and
/// ``apply(_:)`` makes the plan visible once it is durable. A copy costs nothing; a change while one exists copies the pieces
/// that it touches, some kilobytes each, and the lists of pieces.
public struct PartitionState: Sendable {
    /// Whose documents these are.
    public let tenant: TenantName
    /// The sequence number of the last batch that was applied; 0 before the first.
    public private(set) var lastSequence: Int64 = 0
    /// True while a log is being read and there are no indexes yet.
    public internal(set) var isLoading: Bool
    /// In the order of their first appearance, which is that of their numbers.
    var collections: [CollectionState] = []
    /// The collections' names in the order of their numbers, and the numbers by name for when there are many.
    private var names: [CollectionName] = []
    private var numbers: [CollectionName: Int] = [:]

    /// Makes an empty state.
    ///
    /// With `isLoading` it takes over a whole log faster: schemas are only noted, and ``finishLoading(body:)`` makes the indexes
    /// at the end. Until then nothing may be planned or asked of an index.
    public init(tenant: TenantName, isLoading: Bool = false) {
        self.tenant = tenant
        self.isLoading = isLoading
    }

    /// How many documents are held, expired ones included.
    public var documentCount: Int {
        var sum = 0
        for number in collections.indices { sum += collections[number].records.count }
        return sum
    }

    /// The bytes of the bodies of all documents that are held.
    public var liveBytes: Int {
        var sum = 0
        for number in collections.indices { sum += collections[number].liveBytes }
        return sum
    }

    /// Figures for operators.
    public var statistics: PartitionStatistics {
        PartitionStatistics(
            documents: documentCount,
            liveBytes: liveBytes,
            lastRevision: Revision(rawValue: lastSequence),
            nextExpiry: nextExpiry
        )
    }

    /// The schemas now, for preparing a batch.
    public private(set) var schemas = SchemaSnapshot()

    /// The schema of a collection; nil when none was declared.
    public func schema(of collection: CollectionName) -> CollectionSchema? {
        number(of: collection).flatMap { collections[$0].schema }
    }

    /// True when a collection has exactly this schema.
    public func has(_ schema: CollectionSchema) -> Bool {
        for number in collections.indices where collections[number].name.description == schema.collection {
            return collections[number].schema == schema
        }
        return false
    }

    /// All declared schemas, in the order of their collections.
    public var declaredSchemas: [CollectionSchema] {
        collections.sorted { $0.name < $1.name }.compactMap(\.schema)
    }

    /// A document that has not expired.
    public func record(_ key: DocumentKey, at now: Timestamp) -> DocumentRecord? {
        guard let record = heldRecord(key), !record.isExpired(at: now) else { return nil }
        return record
    }

    /// A document whether it has expired or not.
    public func heldRecord(_ key: DocumentKey) -> DocumentRecord? {
        guard let number = number(of: key.collection) else { return nil }
        // Each part by itself: a call of the collection would take hold of all of them.
        guard let slot = collections[number].ids.get(key.id.description) else { return nil }
        return collections[number].records[slot]
    }

    /// The collections with documents that have not expired, and how many, by name.
    public func counts(at now: Timestamp) -> [(name: CollectionName, documents: Int)] {
        collections.sorted { $0.name < $1.name }.compactMap { collection in
            let count = collection.records.count - collection.expiredCount(at: now)
            return count > 0 ? (name: collection.name, documents: count) : nil
        }
    }

    /// The collections that have documents, expired ones included, or a schema, by name.
    public var figures: [(name: CollectionName, documents: Int, liveBytes: Int, indexes: [IndexDefinition])] {
        collections.sorted { $0.name < $1.name }.compactMap { collection in
            guard collection.records.count > 0 || collection.schema != nil else { return nil }
            return (collection.name, collection.records.count, collection.liveBytes, collection.schema?.indexes ?? [])
        }
    }

    /// Calls `body` with every document that is held, expired ones included, by collection and id.
    public func forEachRecord<Failure: Error>(
        _ body: (DocumentKey, DocumentRecord) throws(Failure) -> Void
    ) throws(Failure) {
        var id: [UInt8] = []
        for collection in collections.sorted(by: { $0.name < $1.name }) {
            try collection.ids.forEach { (entry) throws(Failure) in
                id.removeAll(keepingCapacity: true)
                entry.appendKey(to: &id)
                try body(DocumentKey(collection.name, DocumentID(trusted: id)), collection.records[entry.value])
            }
        }
    }

    /// Makes a plan visible; plans are applied in the order in which they were made.
    ///
    /// - Parameters:
    ///   - file: the number of the file that the bodies lie in; nil when the plan says so itself.
    ///   - start: what to add to the offsets that the plan says.
    public mutating func apply(_ plan: CommitPlan, inFile file: Int? = nil, from start: Int = 0) {
        for index in plan.changes.indices { change(plan.changes[index], inFile: file, from: start) }
        if !plan.changes.isEmpty { lastSequence = plan.revision.rawValue }
    }

    /// Takes over a schema that ``plan(_:at:body:)`` has prepared on this state, with the number of its log entry if it has one.
    public mutating func apply(_ plan: SchemaPlan, sequence: Int64?) {
        let number = makeNumber(of: plan.collection)
        let kept = collections[number].indexes
        collections[number].adopt(
            plan.schema,
            indexes: plan.indexes.compactMap { index in
                switch index {
                case .kept(let position): position < kept.count ? kept[position] : nil
                case .built(let map): map
                }
            }
        )
        schemas.set(collections[number].name, collections[number].paths, collections[number].version)
        if let sequence { lastSequence = sequence }
    }

    /// Takes over the number of the last batch that a log holds.
    public mutating func restore(lastSequence: Int64) { self.lastSequence = lastSequence }

    mutating func change(_ change: CommitPlan.Change, inFile file: Int? = nil, from start: Int = 0) {
        if case .delete = change.effect, number(of: change.key.collection) == nil { return }
        let number = makeNumber(of: change.key.collection)
        collections[number].apply(change, inFile: file, from: start)
    }

    /// The number of a collection; nil for one that never had a document or schema.
    func number(of collection: CollectionName) -> Int? {
        // A few names are compared faster than one is hashed.
        guard names.count > Self.namesComparedMax else { return names.firstIndex(of: collection) }
        return numbers[collection]
    }

    private static let namesComparedMax = 8

    /// The number of a collection, which gets one if it has none.
    mutating func makeNumber(of collection: CollectionName) -> Int {
        if let number = number(of: collection) { return number }
        numbers[collection] = collections.count
        names.append(collection)
        collections.append(CollectionState(name: collection))
        return collections.count - 1
    }
}
