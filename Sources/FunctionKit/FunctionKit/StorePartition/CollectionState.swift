/// The documents and indexes of one collection.
struct CollectionState<Location: Sendable>: Sendable {
    private(set) var schema: CollectionSchema?
    /// Grows with each change of the schema, so that a batch prepared for an older one is noticed.
    private(set) var version = 0
    private(set) var paths = IndexPaths([])
    /// The keys of each index, in the schema's order.
    private(set) var indexes: [OrderedKeys] = []
    private(set) var records: [DocumentID: DocumentRecord<Location>] = [:]
    /// The ids as bytes, in order.
    private(set) var ids = OrderedKeys()

    var definitions: [IndexDefinition] { schema?.indexes ?? [] }

    /// The keys of a document with these values.
    ///
    /// - Throws: ``StoreError`` with `tooLarge` when a text is too long for a unique index.
    func keys(_ id: DocumentID, _ times: DocumentTimes, _ values: [IndexValue]) throws(StoreError) -> [[UInt8]] {
        try Self.keys(definitions, paths, id, times, values)
    }

    static func keys(
        _ definitions: [IndexDefinition],
        _ paths: IndexPaths,
        _ id: DocumentID,
        _ times: DocumentTimes,
        _ values: [IndexValue]
    ) throws(StoreError) -> [[UInt8]] {
        var result: [[UInt8]] = []
        result.reserveCapacity(definitions.count)
        for (definition, sources) in zip(definitions, paths.sources) {
            var key: [UInt8] = []
            for (field, source) in zip(definition.fields, sources) {
                let value = value(source, id, times, values)
                if definition.isUnique { try checkLength(value, field, definition, id) }
                IndexKey.append(value, ignoresCase: field.ignoresCase, to: &key)
            }
            key.append(contentsOf: id.description.utf8)
            result.append(key)
        }
        return result
    }

    private static func checkLength(
        _ value: IndexValue,
        _ field: IndexDefinition.Field,
        _ definition: IndexDefinition,
        _ id: DocumentID
    ) throws(StoreError) {
        guard case .text(let text) = value, text.utf8.count > StoreLimits.indexValueBytesMax else { return }
        throw StoreError(
            .tooLarge,
            "'\(field.path)' of document '\(id)' has \(text.utf8.count) bytes; the unique index '\(definition.name)' takes at "
                + "most \(StoreLimits.indexValueBytesMax)."
        )
    }

    private static func value(
        _ source: IndexPaths.Source,
        _ id: DocumentID,
        _ times: DocumentTimes,
        _ values: [IndexValue]
    ) -> IndexValue {
        switch source {
        case .id: .text(id.description)
        case .createdAt: .time(times.createdAt)
        case .updatedAt: .time(times.updatedAt)
        case .body(let position): values[position]
        }
    }

    mutating func put(_ id: DocumentID, _ record: DocumentRecord<Location>) {
        if let old = records.updateValue(record, forKey: id) {
            for index in indexes.indices where old.keys[index] != record.keys[index] {
                indexes[index].remove(old.keys[index])
                indexes[index].insert(record.keys[index])
            }
        } else {
            ids.insert(Array(id.description.utf8))
            for index in indexes.indices { indexes[index].insert(record.keys[index]) }
        }
    }

    mutating func remove(_ id: DocumentID) -> DocumentRecord<Location>? {
        guard let old = records.removeValue(forKey: id) else { return nil }
        ids.remove(Array(id.description.utf8))
        for index in indexes.indices { indexes[index].remove(old.keys[index]) }
        return old
    }

    /// Says where a document's body has been moved.
    mutating func move(_ id: DocumentID, to location: Location) { records[id]?.location = location }

    /// Takes over a schema, with the keys that each document has under it.
    mutating func adopt(_ schema: CollectionSchema, keys: [DocumentID: [[UInt8]]]) {
        self.schema = schema
        version += 1
        paths = IndexPaths(schema.indexes)
        indexes = schema.indexes.map { _ in OrderedKeys() }
        for (id, keys) in keys { records[id]?.keys = keys }
        for position in indexes.indices {
            for key in keys.values.map({ $0[position] }).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                indexes[position].insert(key)
            }
        }
    }
}
