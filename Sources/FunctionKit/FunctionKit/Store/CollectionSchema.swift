/// The declared indexes of a collection. It is kept with the data, so that every process enforces it.
public struct CollectionSchema: Sendable, Hashable, Codable {
    /// The collection's name, as text so that the schema is plain data; validated by ``CollectionDefinition``.
    public let collection: String
    /// The indexes, each with its own name.
    public let indexes: [IndexDefinition]

    /// Makes a schema.
    public init(collection: CollectionName, indexes: [IndexDefinition]) {
        self.collection = collection.description
        self.indexes = indexes
    }

    /// The schema as JSON, as logs, exports and saved states have it; equal schemas have equal bytes.
    ///
    /// - Throws: ``StoreError`` with `invalidName`, which no schema of a ``CollectionDefinition`` does.
    public func json() throws(StoreError) -> [UInt8] {
        do {
            return try JSONCoding.body(self)
        } catch {
            throw StoreError(.invalidName, "The schema of '\(collection)' cannot be written as JSON: \(error)")
        }
    }
}

/// An index over one or more fields.
public struct IndexDefinition: Sendable, Hashable, Codable {
    /// A field of an index.
    public struct Field: Sendable, Hashable, Codable, ExpressibleByStringLiteral {
        /// Where the value stands: member names joined by dots (`sync.state`), or `id`, `created_at`, `updated_at`.
        ///
        /// Behind one of the names `[]` may stand (`tags[]`, `lines[].sku`): it holds an array, and the document has an entry in
        /// the index for each different value of its elements, at most ``StoreLimits/indexElementsMax`` (beyond, writing it
        /// fails with `tooLarge`). An element in which nothing is found counts as null, as do objects and arrays. A document
        /// with an empty array, or without an array there, has one entry with null. One path of an index may do so.
        public let path: String
        /// True when `A` and `a` are the same value (Unicode simple lower-casing).
        public let ignoresCase: Bool

        /// Makes a field.
        public init(_ path: String, ignoresCase: Bool = false) {
            self.path = path
            self.ignoresCase = ignoresCase
        }

        /// Makes a case-sensitive field.
        public init(stringLiteral value: String) { self.init(value) }

        private enum CodingKeys: String, CodingKey {
            case path
            case ignoresCase = "ignores_case"
        }
    }

    /// The index's name within its collection.
    public let name: String
    /// The fields, most significant first.
    public let fields: [Field]
    /// True when no two documents may have the same values; documents with a null among them are exempt, as in SQL. With a path
    /// through an array no two documents may share an element, while a document may have one twice; elements that are null
    /// are exempt.
    public let isUnique: Bool

    /// Makes an index.
    public init(_ name: String, on fields: [Field], unique: Bool = false) {
        self.name = name
        self.fields = fields
        self.isUnique = unique
    }

    private enum CodingKeys: String, CodingKey {
        case name
        case fields
        case isUnique = "unique"
    }
}

/// A collection with the type of its documents and its indexes; declared once, as a constant.
public struct CollectionDefinition<Document: Codable & Sendable>: Sendable {
    /// The validated name.
    public let name: CollectionName
    /// What the engine keeps with the data.
    public let schema: CollectionSchema
    /// Whether those who read the same version of a document by its id may get what it was decoded to once, as far as the engine
    /// keeps it: for small documents that are read with each request. They are then to be values through and through, of
    /// what their bodies say alone: an object in one would be shared, and a default of the time or of chance would stay.
    public let sharesDecoded: Bool

    /// Makes a definition.
    ///
    /// - Parameters:
    ///   - name: the collection's name.
    ///   - indexes: what is found by more than the id.
    ///   - sharesDecoded: see ``sharesDecoded``.
    /// - Precondition: `name` follows the rule of ``CollectionName``; it is a constant of the program, so breaking the rule
    ///   is a mistake of the programmer and traps with the reason.
    public init(_ name: String, indexes: [IndexDefinition] = [], sharesDecoded: Bool = false) {
        self.sharesDecoded = sharesDecoded
        do throws(StoreError) {
            self.name = try CollectionName(name)
        } catch {
            preconditionFailure(error.message)
        }
        schema = CollectionSchema(collection: self.name, indexes: indexes)
    }
}
