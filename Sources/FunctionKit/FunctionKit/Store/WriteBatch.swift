/// Writes that are committed together or not at all.
public struct WriteBatch: Sendable {
    /// One write or condition.
    public struct Write: Sendable {
        /// What is done to the document.
        public enum Operation: Sendable {
            /// Writes a document that must not exist yet.
            case create(Content)
            /// Writes over a document that must have this revision.
            case replace(Content, expected: Revision)
            /// Writes a document whether it exists or not.
            case upsert(Content)
            /// Removes a document; with a revision it must have that one, without it may be absent.
            case delete(expected: Revision?)
            /// Writes nothing; the document must have this revision, or be absent for nil.
            case check(expected: Revision?)
        }

        /// Which document.
        public var key: DocumentKey
        /// What is done to it.
        public var operation: Operation

        /// Makes a write.
        public init(_ key: DocumentKey, _ operation: Operation) {
            self.key = key
            self.operation = operation
        }
    }

    /// What a document is to hold.
    public struct Content: Sendable {
        /// A JSON object (RFC 8259) of valid UTF-8, without a member name twice in any object, and without `id`, `created_at`
        /// and `updated_at` at its top: a commit refuses those with `invalidDocument`, and ``ExternalDocument`` takes them out.
        /// White space between tokens is dropped.
        public var body: [UInt8]
        /// When the document disappears by itself; nil for never.
        public var expiresAt: Timestamp?
        /// The creation time to record; nil for now, or for the one that an older version has.
        public var createdAt: Timestamp?
        /// The time of the last change to record; nil for now.
        public var updatedAt: Timestamp?

        /// Makes a document's content.
        public init(
            body: [UInt8],
            expiresAt: Timestamp? = nil,
            createdAt: Timestamp? = nil,
            updatedAt: Timestamp? = nil
        ) {
            self.body = body
            self.expiresAt = expiresAt
            self.createdAt = createdAt
            self.updatedAt = updatedAt
        }
    }

    /// The writes, in order. A document may be written once in a batch (otherwise `invalidDocument`); conditions on it may
    /// stand beside the write. Documents are checked before conditions, and unique indexes after them, as the whole batch
    /// would leave them.
    public var writes: [Write]

    /// Makes a batch.
    public init(_ writes: [Write] = []) { self.writes = writes }
}
