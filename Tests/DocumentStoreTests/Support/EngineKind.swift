import DocumentStore
import FunctionKit
import FunctionTesting
import Testing

/// The engines that the conformance suite runs on.
enum EngineKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case memory, file

    var testDescription: String { rawValue }

    /// Runs `body` on a fresh engine of this kind.
    func run(_ bounds: EngineBounds = EngineBounds(), _ body: (World) async throws -> Void) async throws {
        let clock = ManualClock()
        switch self {
        case .memory:
            let engine = MemoryStoreEngine(
                clock: clock,
                bytesMax: bounds.bytesMax,
                removalsKept: bounds.removalsKept
            )
            try await body(World(engine: engine, clock: clock))
            await engine.close()
        case .file:
            try await withTemporaryFolder { folder in
                var limits = FileStoreEngine.Limits()
                limits.tenantBytesMax = bounds.bytesMax
                limits.removalsKept = bounds.removalsKept
                let engine = try openEngine(folder, clock: clock, limits: limits)
                try await body(World(engine: engine, clock: clock))
                await engine.close()
            }
        }
    }
}

/// What a test may set below the default.
struct EngineBounds: Sendable {
    /// How many bytes a tenant's documents may have together.
    var bytesMax: Int?
    /// How many removals are kept for the change feed.
    var removalsKept = StoreLimits.removalsKept
}

/// An engine under test with its clock.
struct World: Sendable {
    let engine: any StoreEngine
    let clock: ManualClock
    let random = SeededRandomSource()

    var store: Store {
        Store(engine: engine, clock: clock, random: random, logger: Logger(sink: RecordingLog(), category: "Store"))
    }

    func partition(_ name: String = "acme") throws -> any TenantPartition { engine.partition(try TenantName(name)) }
}

/// A key in the collection `notes`.
func key(_ id: String, in collection: String = "notes") throws -> DocumentKey {
    DocumentKey(try CollectionName(collection), try DocumentID(id))
}

/// A body with these members.
func content(_ json: String, expiresAt: Timestamp? = nil) -> WriteBatch.Content {
    WriteBatch.Content(body: Array(json.utf8), expiresAt: expiresAt)
}

extension TenantPartition {
    @discardableResult
    func write(_ writes: [WriteBatch.Write]) async throws -> CommitReceipt { try await commit(WriteBatch(writes)) }

    @discardableResult
    func create(_ id: String, _ json: String, expiresAt: Timestamp? = nil) async throws -> CommitReceipt {
        try await commit(.init([.init(try key(id), .create(content(json, expiresAt: expiresAt)))]))
    }

    @discardableResult
    func upsert(_ id: String, _ json: String, expiresAt: Timestamp? = nil) async throws -> CommitReceipt {
        try await commit(.init([.init(try key(id), .upsert(content(json, expiresAt: expiresAt)))]))
    }

    @discardableResult
    func delete(_ id: String, expecting: Revision? = nil) async throws -> CommitReceipt {
        try await commit(.init([.init(try key(id), .delete(expected: expecting))]))
    }

    /// The body of a document as text.
    func body(_ id: String) async throws -> String? {
        try await get(try key(id)).map { String(decoding: $0.body, as: UTF8.self) }
    }

    /// Declares the indexes of `notes`.
    func declare(_ indexes: IndexDefinition...) async throws {
        try await declare(CollectionSchema(collection: try CollectionName("notes"), indexes: indexes))
    }

    /// The ids of all pages of a query.
    func ids(
        index: String? = nil,
        equals: [IndexValue] = [],
        lower: StoreQuery.Bound? = nil,
        upper: StoreQuery.Bound? = nil,
        order: StoreQuery.Order = .ascending,
        limit: Int = 50
    ) async throws -> [String] {
        var query = StoreQuery(
            collection: try CollectionName("notes"),
            index: index,
            equals: equals,
            lower: lower,
            upper: upper,
            order: order,
            limit: limit
        )
        var result: [String] = []
        repeat {
            let page = try await self.query(query)
            result += page.documents.map(\.id.description)
            query.cursor = page.nextCursor
        } while query.cursor != nil
        return result
    }
}

/// The code of the error that `body` throws; nil when it throws none.
func code(_ body: () async throws -> Void) async -> StoreError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? StoreError)?.code
    }
}
