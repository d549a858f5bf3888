/// A schema that has been checked against the documents that are there, with the keys that they get.
public struct SchemaPlan: Sendable {
    /// The collection.
    public let collection: CollectionName
    /// The schema.
    public let schema: CollectionSchema
    let keys: [DocumentID: [[UInt8]]]
}

extension PartitionState {
    /// Prepares a schema; nil when the collection has exactly this one.
    ///
    /// - Parameters:
    ///   - schema: what is declared.
    ///   - now: the clock's time; documents that have expired violate nothing.
    ///   - body: reads a document.
    /// - Throws: ``StoreError`` with `uniqueViolation` when a unique index finds two documents under one value, with `tooLarge`
    ///   when a text is too long for it, with the codes of ``CollectionSchema/validate()``, and what `body` throws.
    public func plan(
        _ schema: CollectionSchema,
        at now: Timestamp,
        body: (DocumentRecord<Location>) throws(StoreError) -> [UInt8]
    ) throws(StoreError) -> SchemaPlan? {
        let name = try CollectionName(schema.collection)
        let collection = collections[name] ?? CollectionState()
        guard collection.schema != schema else { return nil }
        try schema.validate()
        let paths = IndexPaths(schema.indexes)
        var keys: [DocumentID: [[UInt8]]] = [:]
        keys.reserveCapacity(collection.records.count)
        var holders: [UniqueSlot: DocumentID] = [:]
        for (id, record) in collection.records {
            let key = DocumentKey(name, id)
            let values = try DocumentBody(stored: body(record), paths: paths, name: nameOf(key)).values
            let times = DocumentTimes(
                revision: record.revision,
                createdAt: record.createdAt,
                updatedAt: record.updatedAt,
                expiresAt: record.expiresAt
            )
            let own = try CollectionState<Location>.keys(schema.indexes, paths, id, times, values)
            keys[id] = own
            guard !record.isExpired(at: now) else { continue }
            for (index, definition) in schema.indexes.enumerated() {
                guard let unique = uniqueValues(own[index], definition) else { continue }
                let slot = UniqueSlot(collection: name, index: index, values: unique)
                if let other = holders.updateValue(id, forKey: slot) { throw violation(definition, key, other) }
            }
        }
        return SchemaPlan(collection: name, schema: schema, keys: keys)
    }
}
