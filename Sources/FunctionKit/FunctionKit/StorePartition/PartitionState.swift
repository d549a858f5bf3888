/// The documents of one tenant as an engine holds them in memory, and every decision about them: conditions, unique indexes,
/// expiry, order, paging. Engines add only where bodies are kept and when a change counts as done, so they cannot drift apart.
///
/// It is a value without locks and without effects. A commit goes through three steps: a ``PreparedBatch`` is made without the
/// state, ``plan(_:over:at:placeholder:)`` checks it against the state and what is planned but not durable yet, and ``apply(_:)`` makes
/// the plan visible once it is durable.
public struct PartitionState<Location: Sendable>: Sendable {
    /// Whose documents these are.
    public let tenant: TenantName
    /// The sequence number of the last batch that was applied; 0 before the first.
    public private(set) var lastSequence: Int64
    var collections: [CollectionName: CollectionState<Location>] = [:]
    /// The documents that expire, as keys of moment, collection and id.
    var expiries = OrderedKeys()

    /// Makes an empty state.
    public init(tenant: TenantName, lastSequence: Int64 = 0) {
        self.tenant = tenant
        self.lastSequence = lastSequence
    }

    /// The schemas now, for preparing a batch.
    public var schemas: SchemaSnapshot {
        SchemaSnapshot(collections: collections.mapValues { ($0.paths, $0.version) })
    }

    /// The schema of a collection; nil when none was declared.
    public func schema(of collection: CollectionName) -> CollectionSchema? { collections[collection]?.schema }

    /// All declared schemas, in the order of their collections.
    public var declaredSchemas: [CollectionSchema] {
        collections.sorted { $0.key < $1.key }.compactMap(\.value.schema)
    }

    /// A document that has not expired.
    public func record(_ key: DocumentKey, at now: Timestamp) -> DocumentRecord<Location>? {
        guard let record = collections[key.collection]?.records[key.id], !record.isExpired(at: now) else { return nil }
        return record
    }

    /// A document whether it has expired or not.
    public func heldRecord(_ key: DocumentKey) -> DocumentRecord<Location>? {
        collections[key.collection]?.records[key.id]
    }

    /// The collections with documents that have not expired, and how many, by name.
    public func counts(at now: Timestamp) -> [(name: CollectionName, documents: Int)] {
        var expired: [CollectionName: Int] = [:]
        forEachExpired(at: now) { key in
            expired[key.collection, default: 0] += 1
            return true
        }
        return collections.sorted { $0.key < $1.key }.compactMap { name, state in
            let count = state.records.count - expired[name, default: 0]
            return count > 0 ? (name: name, documents: count) : nil
        }
    }

    /// Calls `body` with every document that is held, expired ones included, by collection and then in no order.
    public func forEachRecord<Failure: Error>(
        _ body: (DocumentKey, DocumentRecord<Location>) throws(Failure) -> Void
    ) throws(Failure) {
        for (name, state) in collections.sorted(by: { $0.key < $1.key }) {
            for (id, record) in state.records { try body(DocumentKey(name, id), record) }
        }
    }

    /// Says where a document's body has been moved.
    public mutating func move(_ key: DocumentKey, to location: Location) {
        collections[key.collection]?.move(key.id, to: location)
    }

    /// Makes a plan visible; plans are applied in the order in which they were made.
    ///
    /// `keepsSequence` is for an engine that clears expired documents away without making a batch of it.
    public mutating func apply(_ plan: CommitPlan<Location>, keepsSequence: Bool = false) {
        for change in plan.changes { self.change(change) }
        if !plan.changes.isEmpty, !keepsSequence { lastSequence = plan.revision.rawValue }
    }

    /// Takes over a schema that ``plan(_:at:body:)`` has checked.
    public mutating func apply(_ plan: SchemaPlan, sequence: Int64?) {
        collections[plan.collection, default: CollectionState()].adopt(plan.schema, keys: plan.keys)
        if let sequence { lastSequence = sequence }
    }

    /// Takes over the number of the last batch that a log holds.
    public mutating func restore(lastSequence: Int64) { self.lastSequence = lastSequence }

    mutating func change(_ change: CommitPlan<Location>.Change) {
        forgetExpiry(change.key)
        switch change.effect {
        case .put(let record):
            collections[change.key.collection, default: CollectionState()].put(change.key.id, record)
            if let moment = record.expiresAt { expiries.insert(expiryKey(change.key, moment)) }
        case .delete:
            _ = collections[change.key.collection]?.remove(change.key.id)
        }
    }

    private mutating func forgetExpiry(_ key: DocumentKey) {
        guard let moment = collections[key.collection]?.records[key.id]?.expiresAt else { return }
        expiries.remove(expiryKey(key, moment))
    }
}
