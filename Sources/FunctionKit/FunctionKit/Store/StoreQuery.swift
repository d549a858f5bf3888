/// One page to read from a collection.
public struct StoreQuery: Sendable, Hashable {
    /// The direction of an order.
    public enum Order: String, Sendable, Hashable { case ascending, descending }

    /// A bound of the range on the field behind the equal ones.
    public struct Bound: Sendable, Hashable {
        /// The value at the bound.
        public var value: IndexValue
        /// Whether a document with exactly this value belongs to the range.
        public var isInclusive: Bool

        /// Makes a bound.
        public init(_ value: IndexValue, isInclusive: Bool = true) {
            self.value = value
            self.isInclusive = isInclusive
        }
    }

    /// The collection to read.
    public var collection: CollectionName
    /// The declared index to follow; nil for the order of ids. Along an index with a path through an array a document comes
    /// once for each of its elements that the query takes in: once when ``equals`` names the element.
    public var index: String?
    /// What the index's first fields must equal, from the first on. Texts are folded as the index says.
    public var equals: [IndexValue]
    /// The least value of the field behind the equal ones; nil for no bound.
    public var lower: Bound?
    /// The greatest value of the field behind the equal ones; nil for no bound.
    public var upper: Bound?
    /// Which way the index is followed; documents with equal values follow by id, the same way.
    public var order: Order
    /// How many documents at the most, 1 to ``StoreLimits/pageDocumentsMax``.
    public var limit: Int
    /// Where the page begins: the cursor of the page before, made for the same query; nil for the beginning. Documents that
    /// were written meanwhile appear if they lie behind it; none appears twice unless its own index value changed.
    public var cursor: String?
    /// Versions of documents that the page leaves out and that do not count for its limit, because the caller has them.
    public var omitted = DocumentVersions()

    /// Makes a query.
    public init(
        collection: CollectionName,
        index: String? = nil,
        equals: [IndexValue] = [],
        lower: Bound? = nil,
        upper: Bound? = nil,
        order: Order = .ascending,
        limit: Int = 50,
        cursor: String? = nil
    ) {
        self.collection = collection
        self.index = index
        self.equals = equals
        self.lower = lower
        self.upper = upper
        self.order = order
        self.limit = limit
        self.cursor = cursor
    }
}

/// A value that an index orders: null before false before true before numbers before texts.
public enum IndexValue: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    /// A field that is null, absent, an object or an array.
    case null
    /// A boolean.
    case bool(Bool)
    /// A number, as a double.
    case number(Double)
    /// A text, ordered by its UTF-8 bytes.
    case text(String)

    /// Makes a text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// Makes a number.
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    /// Makes a boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Makes the text of a moment, as documents hold it.
    public static func time(_ moment: Timestamp) -> IndexValue { .text(moment.description) }
}
