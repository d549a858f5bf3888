/// The writes of a transaction while they are collected. See ``TenantStore/transaction(_:)``.
public struct Transaction: Sendable {
    let tenant: TenantStore
    private var batch = WriteBatch()
    private var schemas: Set<CollectionSchema> = []

    init(tenant: TenantStore) { self.tenant = tenant }

    /// Reads a document and makes the commit depend on its not having changed since. Writes of this transaction are not seen.
    public mutating func get<Document>(
        _ id: String,
        from definition: CollectionDefinition<Document>
    ) async throws -> Stored<Document>? {
        guard let key = key(id, definition) else { return nil }
        try await tenant.partition.declare(definition.schema)
        guard let stored = try await tenant.partition.get(key) else {
            batch.writes.append(.init(key, .check(expected: nil)))
            return nil
        }
        batch.writes.append(.init(key, .check(expected: stored.revision)))
        return try Stored(stored)
    }

    /// Writes a new document; the commit throws `alreadyExists` when the id is taken.
    ///
    /// - Returns: the id.
    @discardableResult
    public mutating func create<Document>(
        _ value: Document,
        id: String? = nil,
        in definition: CollectionDefinition<Document>,
        expiresAt: Timestamp? = nil
    ) throws -> String {
        let id = id ?? tenant.ids.next()
        try append(id, definition, .create(try content(value, expiresAt)))
        return id
    }

    /// Writes over a document that must still have the revision of `stored`; its outermost members that `Document` does not
    /// know stay.
    public mutating func replace<Document>(
        _ stored: Stored<Document>,
        with value: Document,
        in definition: CollectionDefinition<Document>
    ) throws {
        try append(
            stored.id,
            definition,
            .replace(
                WriteBatch.Content(body: try stored.bodyWhenReplaced(by: value), expiresAt: stored.expiresAt),
                expected: stored.revision
            )
        )
    }

    /// Writes a document whether it exists or not.
    ///
    /// - Parameter old: a document that this one continues, such as the same one in another collection; its outermost
    ///   members that `Document` does not know are taken over.
    public mutating func upsert<Document>(
        _ value: Document,
        id: String,
        in definition: CollectionDefinition<Document>,
        expiresAt: Timestamp? = nil,
        continuing old: Stored<Document>? = nil
    ) throws {
        let body = try old?.bodyWhenReplaced(by: value) ?? JSONCoding.body(value)
        try append(id, definition, .upsert(WriteBatch.Content(body: body, expiresAt: expiresAt)))
    }

    /// Removes a document; it may be absent.
    public mutating func delete<Document>(_ id: String, from definition: CollectionDefinition<Document>) throws {
        try append(id, definition, .delete(expected: nil))
    }

    func commit() async throws(StoreError) {
        for schema in schemas { try await tenant.partition.declare(schema) }
        _ = try await tenant.partition.commit(batch)
    }

    private func key<Document>(_ id: String, _ definition: CollectionDefinition<Document>) -> DocumentKey? {
        (try? DocumentID(id)).map { DocumentKey(definition.name, $0) }
    }

    private mutating func append<Document>(
        _ id: String,
        _ definition: CollectionDefinition<Document>,
        _ operation: WriteBatch.Write.Operation
    ) throws {
        append(.init(DocumentKey(definition.name, try DocumentID(id)), operation), definition.schema)
    }

    mutating func append(_ write: WriteBatch.Write, _ schema: CollectionSchema) {
        schemas.insert(schema)
        batch.writes.append(write)
    }

    private func content(_ value: some Encodable, _ expiresAt: Timestamp?) throws -> WriteBatch.Content {
        WriteBatch.Content(body: try JSONCoding.body(value), expiresAt: expiresAt)
    }
}
