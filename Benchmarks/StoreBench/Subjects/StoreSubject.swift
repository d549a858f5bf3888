import DocumentStore
import FunctionHost
import FunctionKit

/// The store with the bounds that the host uses.
struct StoreSubject: Sendable {
    let engine: FileStoreEngine

    init(_ folder: String, compacts: Bool = true) throws {
        var limits = FileStoreEngine.Limits()
        if !compacts { limits.compactionSlackBytes = 1 << 50 }
        engine = try FileStoreEngine(
            path: folder,
            mode: .exclusive,
            clock: SystemClock(),
            logger: Logger(sink: NoLog(), category: "Store"),
            limits: limits
        )
    }

    func partition(_ name: String) throws -> any TenantPartition { engine.partition(try TenantName(name)) }

    /// Declares the sample's index.
    func declare(_ tenant: String, indexed: Bool = true) async throws {
        let indexes = indexed ? [Sample.index] : []
        let schema = CollectionSchema(collection: try CollectionName(Sample.collection), indexes: indexes)
        try await partition(tenant).declare(schema)
    }

    /// Creates documents in batches of 1000, for what is to be there before a measure.
    ///
    /// - Returns: their keys.
    @discardableResult
    func fill(_ tenant: String, _ count: Int, indexed: Bool = true) async throws -> [DocumentKey] {
        try await declare(tenant, indexed: indexed)
        let partition = try partition(tenant)
        let sample = Sample()
        let collection = try CollectionName(Sample.collection)
        var keys: [DocumentKey] = []
        for start in stride(from: 0, to: count, by: 1000) {
            var batch = WriteBatch()
            for number in start..<min(start + 1000, count) {
                let key = DocumentKey(collection, try DocumentID(sample.id()))
                keys.append(key)
                batch.writes.append(.init(key, .create(.init(body: Sample.body(number)))))
            }
            _ = try await partition.commit(batch)
        }
        return keys
    }

    /// All keys of a tenant, in the order of ids.
    func keys(_ tenant: String) async throws -> [DocumentKey] {
        var query = StoreQuery(collection: try CollectionName(Sample.collection), limit: 1000)
        var keys: [DocumentKey] = []
        repeat {
            let page = try await partition(tenant).query(query)
            keys += page.documents.map { DocumentKey(query.collection, $0.id) }
            query.cursor = page.nextCursor
        } while query.cursor != nil
        return keys
    }

    /// Writes documents again in batches, so that their older versions are dead.
    func rewrite(_ tenant: String, _ keys: some Collection<DocumentKey>) async throws {
        var batch = WriteBatch()
        for (number, key) in keys.enumerated() {
            batch.writes.append(.init(key, .upsert(.init(body: Sample.body(number)))))
            if batch.writes.count == 1000 {
                _ = try await partition(tenant).commit(batch)
                batch = WriteBatch()
            }
        }
        _ = try await partition(tenant).commit(batch)
    }
}

/// A benchmark's log would be part of what is measured.
private struct NoLog: LogSink {
    func log(_ record: LogRecord) {}
    func isEnabled(_ level: LogLevel, category: String) -> Bool { false }
}
