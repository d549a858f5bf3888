/// Documents of one type of one tenant.
public struct DocumentCollection<Document: Codable & Sendable>: Sendable {
    let tenant: TenantStore
    let definition: CollectionDefinition<Document>

    private var partition: any TenantPartition { tenant.partition }

    /// Writes a new document under a new id, or under `id`.
    ///
    /// - Throws: ``StoreError`` with `alreadyExists` when the id is taken by a document that has not expired, or
    ///   `uniqueViolation`. Of callers that create the same id at once, exactly one succeeds.
    public func create(
        _ value: Document,
        id: String? = nil,
        expiresAt: Timestamp? = nil
    ) async throws -> Stored<Document> {
        let id = try DocumentID(id ?? tenant.ids.next())
        let content = WriteBatch.Content(body: try JSONCoding.body(value), expiresAt: expiresAt)
        let receipt = try await commit(id, .create(content))
        return Stored(id: id, receipt: receipt, createdAt: nil, content: content, value: value)
    }

    /// The document of this id; nil when there is none, it has expired, or the text can be no id.
    public func get(_ id: String) async throws -> Stored<Document>? {
        guard let id = try? DocumentID(id) else { return nil }
        return try await partition.get(DocumentKey(definition.name, id)).map {
            try Stored($0, sharesDecoded: definition.sharesDecoded)
        }
    }

    /// Writes over a document that must still have the revision of `stored`; its expiry stays, and so do its outermost
    /// members that `Document` does not know.
    ///
    /// - Throws: ``StoreError`` with `revisionMismatch` or `notFound` when somebody was faster.
    public func replace(_ stored: Stored<Document>, with value: Document) async throws -> Stored<Document> {
        let id = try DocumentID(stored.id)
        let content = WriteBatch.Content(body: try stored.bodyWhenReplaced(by: value), expiresAt: stored.expiresAt)
        let receipt = try await commit(id, .replace(content, expected: stored.revision))
        return Stored(id: id, receipt: receipt, createdAt: stored.createdAt, content: content, value: value)
    }

    /// Writes a document whether it exists or not. An older version's creation time stays, and nothing else of it: to keep
    /// members that `Document` does not know, ``replace(_:with:)`` or ``update(_:_:)`` the document.
    public func upsert(_ value: Document, id: String, expiresAt: Timestamp? = nil) async throws {
        try await commit(
            try DocumentID(id),
            .upsert(.init(body: try JSONCoding.body(value), expiresAt: expiresAt))
        )
    }

    /// Reads, changes and writes a document, again and again until nobody came between.
    ///
    /// `change` may run several times and should only change its argument. An unchanged document is not written.
    /// - Returns: the document as it stands afterwards; nil when there is none.
    /// - Throws: what `change` throws, or ``StoreError`` with `conflict` after ``StoreLimits/attemptsMax`` attempts.
    @discardableResult
    public func update(_ id: String, _ change: (inout Document) throws -> Void) async throws -> Stored<Document>? {
        for attempt in 0..<StoreLimits.attemptsMax {
            guard let stored = try await get(id) else { return nil }
            var value = stored.value
            try change(&value)
            if try JSONCoding.body(value) == JSONCoding.body(stored.value) { return stored }
            do {
                return try await replace(stored, with: value)
            } catch let error as StoreError where error.code == .revisionMismatch || error.code == .notFound {
                try await tenant.pause(after: attempt)
            }
        }
        throw StoreError(
            .conflict,
            "The update of '\(id)' in '\(definition.name)' lost against other writers. Try again."
        )
    }

    /// Removes a document.
    ///
    /// - Parameters:
    ///   - id: which one; it may be absent when no revision is given.
    ///   - expecting: the revision that it must have; nil for any.
    public func delete(_ id: String, expecting revision: Revision? = nil) async throws {
        try await commit(try DocumentID(id), .delete(expected: revision))
    }

    /// One page, decoded. See ``StoreQuery`` for what the arguments mean.
    public func page(
        index: String? = nil,
        equals: [IndexValue] = [],
        lower: StoreQuery.Bound? = nil,
        upper: StoreQuery.Bound? = nil,
        order: StoreQuery.Order = .ascending,
        limit: Int = 50,
        cursor: String? = nil
    ) async throws -> Page<Document> {
        let page = try await storedPage(
            index: index,
            equals: equals,
            lower: lower,
            upper: upper,
            order: order,
            limit: limit,
            cursor: cursor
        )
        return Page(items: try page.documents.map { try Stored($0) }, nextCursor: page.nextCursor)
    }

    /// One page as stored bytes, which a list answer hands out without decoding them.
    public func storedPage(
        index: String? = nil,
        equals: [IndexValue] = [],
        lower: StoreQuery.Bound? = nil,
        upper: StoreQuery.Bound? = nil,
        order: StoreQuery.Order = .ascending,
        limit: Int = 50,
        cursor: String? = nil
    ) async throws(StoreError) -> StoredPage {
        try await partition.declare(definition.schema)
        return try await partition.query(
            StoreQuery(
                collection: definition.name,
                index: index,
                equals: equals,
                lower: lower,
                upper: upper,
                order: order,
                limit: limit,
                cursor: cursor
            )
        )
    }

    /// The first document whose index fields have these values; nil when there is none.
    public func first(index: String, equals: [IndexValue]) async throws -> Stored<Document>? {
        try await page(index: index, equals: equals, limit: 1).items.first
    }

    /// Every document that matches, page after page, for jobs; `body` may write to the collection.
    public func forEach(
        index: String? = nil,
        equals: [IndexValue] = [],
        _ body: (Stored<Document>) async throws -> Void
    ) async throws {
        var cursor: String?
        repeat {
            let page = try await page(index: index, equals: equals, limit: 200, cursor: cursor)
            for item in page.items { try await body(item) }
            cursor = page.nextCursor
        } while cursor != nil
    }

    @discardableResult
    private func commit(
        _ id: DocumentID,
        _ operation: WriteBatch.Write.Operation
    ) async throws(StoreError) -> CommitReceipt {
        try await partition.declare(definition.schema)
        return try await partition.commit(WriteBatch([.init(DocumentKey(definition.name, id), operation)]))
    }
}

/// One page of decoded documents.
public struct Page<Document: Codable & Sendable>: Sendable {
    /// The documents in the query's order.
    public let items: [Stored<Document>]
    /// Where the next page begins; nil on the last one.
    public let nextCursor: String?
}
