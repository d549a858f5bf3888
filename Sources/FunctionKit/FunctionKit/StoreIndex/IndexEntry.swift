/// A document's entry in one of its collection's indexes.
struct IndexEntry: Sendable, Hashable {
    /// The index's position in the schema.
    var index: Int
    /// The fields and the id; see ``IndexKey``.
    var key: [UInt8]
}

/// Makes the entries that documents have in a collection's indexes.
struct IndexEntries: Sendable {
    let definitions: [IndexDefinition]
    let paths: IndexPaths
    /// True when an index is unique.
    let haveUnique: Bool

    init(definitions: [IndexDefinition] = []) {
        self.definitions = definitions
        paths = IndexPaths(definitions)
        haveUnique = definitions.contains(where: \.isUnique)
    }

    /// The length of most keys, so that one allocation is enough for them.
    private static let usualKeyBytes = 112

    /// The entries of a document with these values.
    ///
    /// - Throws: ``StoreError`` with `tooLarge` when a text is too long for a unique index, or an array has too many elements.
    func make(
        _ id: DocumentID,
        _ times: DocumentTimes,
        _ values: IndexedValues
    ) throws(StoreError) -> [IndexEntry] {
        var result: [IndexEntry] = []
        result.reserveCapacity(definitions.count)
        for index in definitions.indices {
            guard let array = paths.arrays[index] else {
                result.append(IndexEntry(index: index, key: try key(index, id, times, values, element: .null)))
                continue
            }
            var keys: [[UInt8]] = []
            for element in values.elements[array] { keys.append(try key(index, id, times, values, element: element)) }
            if keys.isEmpty { keys.append(try key(index, id, times, values, element: .null)) }
            try checkCount(&keys, index, id)
            for key in keys { result.append(IndexEntry(index: index, key: key)) }
        }
        return result
    }

    /// The entries of a document whose body lies elsewhere; it is read only if an index needs it.
    func make(
        _ key: DocumentKey,
        _ record: DocumentRecord,
        body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) -> [IndexEntry] {
        guard !definitions.isEmpty else { return [] }
        let bytes = paths.bodyPaths.isEmpty ? Array("{}".utf8) : try body(record)
        return try make(key.id, record.times, try IndexedValues(stored: bytes[...], paths: paths, name: nameOf(key)))
    }

    private func key(
        _ index: Int,
        _ id: DocumentID,
        _ times: DocumentTimes,
        _ values: IndexedValues,
        element: IndexValue
    ) throws(StoreError) -> [UInt8] {
        let sources = paths.sources[index]
        let isUnique = definitions[index].isUnique
        var key: [UInt8] = []
        key.reserveCapacity(Self.usualKeyBytes)
        for position in sources.indices {
            let value: IndexValue =
                switch sources[position] {
                case .id: .text(id.description)
                case .createdAt: .time(times.createdAt)
                case .updatedAt: .time(times.updatedAt)
                case .body(let place): values.single[place]
                case .elements: element
                }
            if isUnique { try checkLength(value, definitions[index].fields[position], definitions[index], id) }
            IndexKey.append(value, ignoresCase: definitions[index].fields[position].ignoresCase, to: &key)
        }
        key.append(contentsOf: id.description.utf8)
        return key
    }

    /// Drops what is equal to the index, and counts the rest.
    private func checkCount(_ keys: inout [[UInt8]], _ index: Int, _ id: DocumentID) throws(StoreError) {
        guard keys.count > 1 else { return }
        keys = Set(keys).sorted { $0.lexicographicallyPrecedes($1) }
        guard keys.count <= StoreLimits.indexElementsMax else {
            let definition = definitions[index]
            throw StoreError(
                .tooLarge,
                "Document '\(id)' has \(keys.count) different elements for the index '\(definition.name)'; it takes at most "
                    + "\(StoreLimits.indexElementsMax)."
            )
        }
    }

    private func checkLength(
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
}
