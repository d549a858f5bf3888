/// A storage engine: the byte-level protocol that every store implements and one conformance suite checks.
///
/// Engines are used through ``Store``, which binds a caller to a tenant. All calls may come from any thread at once.
public protocol StoreEngine: Sendable {
    /// The partition of a tenant. Nothing is opened or created before its first use.
    func partition(_ tenant: TenantName) -> any TenantPartition

    /// The tenants that have been written to, system partitions included, in ascending order.
    func tenants() async throws(StoreError) -> [TenantName]

    /// Calls `observer` after every durable commit, on no particular thread and outside the engine's locks.
    ///
    /// An observer must return soon. It stays for the life of the engine.
    func observeCommits(_ observer: @escaping @Sendable (CommitNotice) -> Void)

    /// True when this process alone can write to the store for as long as the engine is open, and whoever wrote before is gone: a
    /// lease that somebody left behind in it is nobody's. False unless the engine says otherwise.
    var isExclusive: Bool { get }

    /// Finishes what was begun, makes it durable and releases the files. Later calls throw ``StoreError/Code/closed``.
    func close() async
}

extension StoreEngine {
    /// Others may write, too.
    public var isExclusive: Bool { false }
}

/// One tenant's documents in an engine.
public protocol TenantPartition: Sendable {
    /// Whose partition this is.
    var tenant: TenantName { get }

    /// Makes sure that a collection has these indexes; they are kept with the data from then on.
    ///
    /// Cheap when nothing changes. The indexes replace those that were declared before; a new one is built from the documents
    /// that are there.
    /// - Throws: ``StoreError`` with `uniqueViolation` when a new unique index finds two documents under one value; then the
    ///   collection stays as it was. See ``CollectionSchema/validate()`` for what else is refused.
    func declare(_ schema: CollectionSchema) async throws(StoreError)

    /// The newest acknowledged version of a document; nil when there is none or it has expired.
    func get(_ key: DocumentKey) async throws(StoreError) -> StoredDocument?

    /// One page of a collection, in the order of an index. A collection that nobody wrote to is empty, not an error.
    func query(_ query: StoreQuery) async throws(StoreError) -> StoredPage

    /// Commits all writes of a batch or none, and returns when they are durable.
    ///
    /// Every condition is checked against the state just before the batch, in the order of its writes; the first that fails
    /// decides the error. An empty batch is acknowledged without a write. All documents of the batch get one revision.
    /// - Throws: ``StoreError`` with the codes that ``WriteBatch`` names, and with `quotaExceeded` when the batch would make the
    ///   tenant larger than the engine lets it be; a batch that does not make it larger is never refused for that.
    func commit(_ batch: WriteBatch) async throws(StoreError) -> CommitReceipt

    /// The collections that have documents, with how many, by name.
    func collections() async throws(StoreError) -> [(name: CollectionName, documents: Int)]

    /// The schema of a collection as it was last declared; nil when nobody did.
    func schema(of collection: CollectionName) async throws(StoreError) -> CollectionSchema?

    /// What has changed behind a position, in the order of revisions; those of one batch in no particular order.
    ///
    /// Only the latest state of each document is told: one that was written several times appears once, with its last revision.
    /// A removal is told if there is no document now, and may be told more than once, or of a document that was never told. The
    /// removal of an expired document is told once the engine has removed it; until then such a document is not told at all.
    /// From ``ChangePosition/beginning`` on every document is told, which is always possible. A position behind the last batch,
    /// as of a store that was restored from a backup, is answered like the present end.
    /// - Parameters:
    ///   - position: where the page before has ended.
    ///   - limit: how many changes, 1 to ``StoreLimits/changesMax``; all changes of one batch come together even if that is more.
    ///     A page may have fewer, or none, although more follows: ``ChangePage/isAtEnd`` tells.
    /// - Throws: ``StoreError`` with `invalidQuery` for a limit out of range, and with `positionExpired` when removals behind
    ///   the position are not kept any more.
    func changes(after position: ChangePosition, limit: Int) async throws(StoreError) -> ChangePage

    /// Figures for operators.
    func statistics() async throws(StoreError) -> PartitionStatistics
}

/// Figures of one tenant.
public struct PartitionStatistics: Sendable, Hashable {
    /// How many documents are held; expired ones count until the engine has removed them.
    public let documents: Int
    /// The bytes of their bodies, which a quota bounds.
    public let liveBytes: Int
    /// The revision of the last batch; 0 before the first.
    public let lastRevision: Revision
    /// When the next document expires, or the longest expired one has; nil when none does.
    public let nextExpiry: Timestamp?

    /// Makes figures.
    public init(documents: Int, liveBytes: Int, lastRevision: Revision, nextExpiry: Timestamp?) {
        self.documents = documents
        self.liveBytes = liveBytes
        self.lastRevision = lastRevision
        self.nextExpiry = nextExpiry
    }
}

/// Tells that a batch has become durable.
public struct CommitNotice: Sendable, Hashable {
    /// Whose batch it was.
    public let tenant: TenantName
    /// The batch's sequence number.
    public let revision: Revision
    /// The collections that it wrote to.
    public let collections: Set<CollectionName>

    /// Makes a notice.
    public init(tenant: TenantName, revision: Revision, collections: Set<CollectionName>) {
        self.tenant = tenant
        self.revision = revision
        self.collections = collections
    }
}

/// A document as an engine holds it.
public struct StoredDocument: Sendable {
    /// The id within its collection.
    public let id: DocumentID
    /// The revision (ETag).
    public let revision: Revision
    /// When it was created.
    public let createdAt: Timestamp
    /// When it was last written.
    public let updatedAt: Timestamp
    /// When it disappears by itself; nil for never.
    public let expiresAt: Timestamp?
    /// The JSON object as it was written but without white space between tokens, and without `id`, `created_at` and `updated_at`, which stand beside it.
    public let body: [UInt8]
    /// What the body was decoded to; nil where the document is read only once. It makes no difference between documents.
    public var decoded: DecodedBody?

    /// Makes a document.
    public init(
        id: DocumentID,
        revision: Revision,
        createdAt: Timestamp,
        updatedAt: Timestamp,
        expiresAt: Timestamp?,
        body: [UInt8]
    ) {
        self.id = id
        self.revision = revision
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.expiresAt = expiresAt
        self.body = body
    }

    /// The JSON object with `id`, `created_at` and `updated_at` before the other fields; made without decoding the body.
    public var json: [UInt8] {
        var result = Array("{\"id\":".utf8)
        appendJSONString(id.description, to: &result)
        result.append(contentsOf: ",\"created_at\":\"\(createdAt)\",\"updated_at\":\"\(updatedAt)\"".utf8)
        let members = body.dropFirst()
        let isEmpty = members.first { !isJSONWhitespace($0) } == UInt8(ascii: "}")
        if !isEmpty { result.append(UInt8(ascii: ",")) }
        result.append(contentsOf: members)
        return result
    }
}

extension StoredDocument: Hashable {
    /// Whether two are the same in all that is stored.
    public static func == (left: StoredDocument, right: StoredDocument) -> Bool {
        left.id == right.id && left.revision == right.revision && left.createdAt == right.createdAt
            && left.updatedAt == right.updatedAt && left.expiresAt == right.expiresAt && left.body == right.body
    }

    /// Hashes the id and the revision.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(revision)
    }
}

/// One page of a query.
public struct StoredPage: Sendable {
    /// The documents in the query's order.
    public let documents: [StoredDocument]
    /// Where the next page begins; nil on the last one.
    public let nextCursor: String?

    /// Makes a page.
    public init(documents: [StoredDocument], nextCursor: String?) {
        self.documents = documents
        self.nextCursor = nextCursor
    }
}

/// What an acknowledged batch tells.
public struct CommitReceipt: Sendable, Hashable {
    /// The revision of every document that the batch wrote.
    public let revision: Revision
    /// When it was committed.
    public let committedAt: Timestamp

    /// Makes a receipt.
    public init(revision: Revision, committedAt: Timestamp) {
        self.revision = revision
        self.committedAt = committedAt
    }
}
