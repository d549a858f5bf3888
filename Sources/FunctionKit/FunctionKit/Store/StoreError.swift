/// Why the store refused or failed.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, as a program distinguishes it.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case invalidName, invalidDocument, invalidQuery, alreadyExists, notFound, revisionMismatch, uniqueViolation
            case tooLarge, quotaExceeded, conflict, positionExpired, damaged, locked, unavailable, closed
        }
        private let value: Value
        /// The code's name.
        public var description: String { value.rawValue }

        /// A tenant, collection, document id or queue has a name that the rules refuse.
        public static let invalidName = Code(value: .invalidName)
        /// The bytes are not a JSON object, or do not decode as the type that was asked for.
        public static let invalidDocument = Code(value: .invalidDocument)
        /// The query names an index that is not declared, too many fields, or a cursor of another query.
        public static let invalidQuery = Code(value: .invalidQuery)
        /// `create` found a document of that id.
        public static let alreadyExists = Code(value: .alreadyExists)
        /// `replace` or a delete with a revision found no document.
        public static let notFound = Code(value: .notFound)
        /// The document has another revision than the one expected.
        public static let revisionMismatch = Code(value: .revisionMismatch)
        /// A unique index has another document under that value.
        public static let uniqueViolation = Code(value: .uniqueViolation)
        /// A document or batch exceeds its bound (see ``StoreLimits``).
        public static let tooLarge = Code(value: .tooLarge)
        /// The batch would make the tenant larger than it may be. Removing documents and making them smaller always works.
        public static let quotaExceeded = Code(value: .quotaExceeded)
        /// The removals behind a position of the change feed are not kept any more: read everything again from the beginning.
        public static let positionExpired = Code(value: .positionExpired)
        /// A transaction or update lost against others too often.
        public static let conflict = Code(value: .conflict)
        /// The tenant's files are damaged; the message names file and offset.
        public static let damaged = Code(value: .damaged)
        /// Another process holds the data folder.
        public static let locked = Code(value: .locked)
        /// The disk failed or is full, or the folder cannot be written; reads go on where they can.
        public static let unavailable = Code(value: .unavailable)
        /// The store is closed.
        public static let closed = Code(value: .closed)
    }

    /// What went wrong.
    public let code: Code
    /// The thing, the reason and the remedy.
    public let message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message, for a log line.
    public var description: String { message }
}

/// The bounds of the store. Going beyond one is answered with ``StoreError/Code/tooLarge`` and changes nothing.
public enum StoreLimits {
    /// The most bytes of one document's JSON: 2 MiB.
    public static let documentBytesMax = 2 << 20
    /// The most writes in one batch.
    public static let batchWritesMax = 1000
    /// The most bytes of all documents of one batch: 16 MiB.
    public static let batchBytesMax = 16 << 20
    /// The deepest nesting of a document's JSON.
    public static let documentDepthMax = 64
    /// The most documents on one page of a query.
    public static let pageDocumentsMax = 1000
    /// The most bytes of one index entry's value; longer texts are cut there for ordering, so that
    /// those which agree so far are equal to an index; a unique index refuses them.
    public static let indexValueBytesMax = 1024
    /// The most entries that one document has in one index because a path goes through an array: the different values of its
    /// elements, as the index compares them.
    public static let indexElementsMax = 64
    /// The most changes that are asked for at once; a batch is told as a whole even if it has more.
    public static let changesMax = 1000
    /// How many removals of a tenant are kept for its change feed at least; the oldest go first.
    public static let removalsKept = 100_000
    /// How often ``TenantStore/transaction(_:)`` and ``DocumentCollection/update(_:_:)`` try before they give up.
    public static let attemptsMax = 16
}
