/// A schema that has been checked against the documents that are there, with the indexes that they get.
public struct SchemaPlan: Sendable {
    enum Index: Sendable {
        /// The index at this position of the schema before.
        case kept(Int)
        case built(PackedMap)
    }

    /// The collection.
    public let collection: CollectionName
    /// The schema.
    public let schema: CollectionSchema
    let indexes: [Index]
}

extension PartitionState {
    /// True when an engine has to remove what has expired before it plans this schema: a new unique index takes no heed of
    /// expired documents, which would be seen in it again with a clock that jumps back.
    public func mustRemoveExpired(for schema: CollectionSchema) -> Bool {
        guard let name = try? CollectionName(schema.collection), self.schema(of: name) != schema else { return false }
        return schema.indexes.contains { $0.isUnique }
    }
}

extension PartitionState {
    /// Prepares a schema; nil when the collection has exactly this one. Between this and ``apply(_:sequence:)`` no other plan may
    /// be applied.
    ///
    /// - Parameters:
    ///   - schema: what is declared.
    ///   - now: the clock's time; documents that have expired violate nothing.
    ///   - body: reads a document; bodies are read in the order in which they lie, and only for an index that is new.
    /// - Throws: ``StoreError`` with `uniqueViolation` when a unique index finds two documents under one value, with `tooLarge`
    ///   when a text is too long for it or an array has too many elements, with the codes of ``CollectionSchema/validate()``,
    ///   and what `body` throws.
    public func plan(
        _ schema: CollectionSchema,
        at now: Timestamp,
        body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) -> SchemaPlan? {
        let name = try CollectionName(schema.collection)
        let collection = number(of: name).map { collections[$0] } ?? CollectionState(name: name)
        guard collection.schema != schema else { return nil }
        try schema.validate()
        if isLoading { return SchemaPlan(collection: name, schema: schema, indexes: []) }
        let new = schema.indexes.filter { !collection.definitions.contains($0) }
        var built = try collection.build(IndexEntries(definitions: new), body: body)[...]
        for (definition, index) in zip(new, built) {
            guard let (first, second) = collection.duplicate(in: index, definition, at: now) else { continue }
            throw violation(definition, DocumentKey(name, second), first)
        }
        let indexes = schema.indexes.map { definition -> SchemaPlan.Index in
            if let position = collection.definitions.firstIndex(of: definition) { return .kept(position) }
            return .built(built.popFirst() ?? PackedMap())
        }
        return SchemaPlan(collection: name, schema: schema, indexes: indexes)
    }
}
