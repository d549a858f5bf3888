/// The member names that lead to a value.
struct IndexPath: Sendable, Hashable {
    let text: String
    /// The parts between the dots, as UTF-8, without the brackets.
    let names: [[UInt8]]
    /// How many names lead to the array whose elements the path goes through; nil for a path to one value.
    let arrayLevel: Int?
    /// True when the text follows the rules.
    let isValid: Bool

    init(_ text: String) {
        self.text = text
        let brackets = Array("[]".utf8)
        var names: [[UInt8]] = []
        var arrayLevels: [Int] = []
        var isValid = true
        for part in text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            var name = Array(part)
            if name.suffix(2).elementsEqual(brackets) {
                name.removeLast(2)
                arrayLevels.append(names.count + 1)
            }
            isValid = isValid && !name.isEmpty && !name.contains(brackets[0]) && !name.contains(brackets[1])
            names.append(name)
        }
        self.names = names
        arrayLevel = arrayLevels.first
        self.isValid = isValid && arrayLevels.count <= 1
    }
}

/// The places from which a collection's indexes take their values, each once.
public struct IndexPaths: Sendable {
    /// Where one field's value comes from.
    enum Source: Sendable, Hashable {
        case id
        case createdAt
        case updatedAt
        /// The position among ``IndexPaths/bodyPaths`` of a path to one value.
        case body(Int)
        /// The position among ``IndexPaths/bodyPaths`` of a path through an array.
        case elements(Int)
    }

    /// The paths within the body, at most 64.
    let bodyPaths: [IndexPath]
    /// For each index the sources of its fields.
    let sources: [[Source]]
    /// For each index the position of its path through an array; nil for one without.
    let arrays: [Int?]

    /// Those of a collection without indexes.
    static let none = IndexPaths([])

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
                    let known = paths.firstIndex(of: path)
                    if known == nil { paths.append(path) }
                    let position = known ?? paths.count - 1
                    return path.arrayLevel == nil ? .body(position) : .elements(position)
                }
            }
        }
        bodyPaths = paths
        arrays = sources.map { sources in
            var array: Int?
            for case .elements(let position) in sources { array = position }
            return array
        }
    }
}

extension CollectionSchema {
    /// The most indexes of one collection.
    public static let indexesMax = 16
    /// The most fields of one index.
    public static let indexFieldsMax = 4

    /// Checks what an engine relies on.
    ///
    /// - Throws: ``StoreError`` with `invalidName` for a collection, index or path whose name breaks the rules, an index name
    ///   that stands twice, or an index with two paths through an array; with `tooLarge` beyond ``indexesMax`` or
    ///   ``indexFieldsMax``, or for an index without a field.
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
            try validateFields(of: index)
        }
    }

    private func validateFields(of index: IndexDefinition) throws(StoreError) {
        guard (1...Self.indexFieldsMax).contains(index.fields.count) else {
            throw StoreError(
                .tooLarge,
                "The index '\(index.name)' of '\(collection)' has \(index.fields.count) fields; use 1 to "
                    + "\(Self.indexFieldsMax)."
            )
        }
        let paths = index.fields.map { IndexPath($0.path) }
        if let wrong = paths.first(where: { !$0.isValid }) {
            throw StoreError(
                .invalidName,
                "The index '\(index.name)' of '\(collection)' has the path '\(wrong.text)'. Join member names by dots, and put "
                    + "'[]' behind the one that holds an array."
            )
        }
        guard paths.filter({ $0.arrayLevel != nil }).count <= 1 else {
            throw StoreError(
                .invalidName,
                "The index '\(index.name)' of '\(collection)' has two paths through an array; use one, since every element of "
                    + "one would stand beside every element of the other."
            )
        }
    }
}
