/// The member names that lead to a value.
struct IndexPath: Sendable, Hashable {
    let text: String
    /// The parts between the dots, as UTF-8.
    let names: [[UInt8]]

    init(_ text: String) {
        self.text = text
        names = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { Array($0) }
    }
}

/// The places from which a collection's indexes take their values, each once.
public struct IndexPaths: Sendable {
    /// Where one field's value comes from.
    enum Source: Sendable, Hashable {
        case id
        case createdAt
        case updatedAt
        /// The position among ``IndexPaths/bodyPaths``.
        case body(Int)
    }

    /// The paths within the body, at most 64.
    let bodyPaths: [IndexPath]
    /// For each index the sources of its fields.
    let sources: [[Source]]

    init(_ indexes: [IndexDefinition]) {
        var paths: [IndexPath] = []
        sources = indexes.map { index in
            index.fields.map { field in
                switch field.path {
                case "id": return .id
                case "created_at": return .createdAt
                case "updated_at": return .updatedAt
                default:
                    let path = IndexPath(field.path)
                    if let known = paths.firstIndex(of: path) { return .body(known) }
                    paths.append(path)
                    return .body(paths.count - 1)
                }
            }
        }
        bodyPaths = paths
    }
}

extension CollectionSchema {
    /// The most indexes of one collection.
    public static let indexesMax = 16
    /// The most fields of one index.
    public static let indexFieldsMax = 4

    /// Checks what an engine relies on.
    ///
    /// - Throws: ``StoreError`` with `invalidName` for a collection, index or path whose name breaks the rules, or an index
    ///   name that stands twice; with `tooLarge` beyond ``indexesMax`` or ``indexFieldsMax``.
    public func validate() throws(StoreError) {
        _ = try CollectionName(collection)
        guard indexes.count <= Self.indexesMax else {
            throw StoreError(
                .tooLarge,
                "'\(collection)' declares \(indexes.count) indexes; \(Self.indexesMax) are allowed."
            )
        }
        var seen: Set<String> = []
        for index in indexes {
            guard (1...63).contains(index.name.utf8.count), seen.insert(index.name).inserted else {
                throw StoreError(
                    .invalidName,
                    "'\(collection)' declares the index name '\(index.name)' twice, or it has not 1 to 63 bytes."
                )
            }
            guard (1...Self.indexFieldsMax).contains(index.fields.count) else {
                throw StoreError(
                    .tooLarge,
                    "The index '\(index.name)' of '\(collection)' has \(index.fields.count) fields; use 1 to "
                        + "\(Self.indexFieldsMax)."
                )
            }
            for field in index.fields where IndexPath(field.path).names.contains(where: \.isEmpty) {
                throw StoreError(
                    .invalidName,
                    "The index '\(index.name)' of '\(collection)' has the path '\(field.path)'. Join member names by dots."
                )
            }
        }
    }
}
