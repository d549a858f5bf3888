/// What a partition keeps in memory of a document; the body is where `location` says.
public struct DocumentRecord<Location: Sendable>: Sendable {
    /// The revision.
    public let revision: Revision
    /// When it was created.
    public let createdAt: Timestamp
    /// When it was last written.
    public let updatedAt: Timestamp
    /// When it disappears by itself; nil for never.
    public let expiresAt: Timestamp?
    /// Where the body is: the bytes themselves, or a place in a file.
    public internal(set) var location: Location
    /// Its key in each index of the collection, in the schema's order; the storage is shared with the index.
    var keys: [[UInt8]]

    /// True at and after the moment of expiry.
    public func isExpired(at now: Timestamp) -> Bool { expiresAt.map { $0 <= now } ?? false }

    /// The document, once its body has been read.
    public func document(_ id: DocumentID, body: [UInt8]) -> StoredDocument {
        StoredDocument(
            id: id,
            revision: revision,
            createdAt: createdAt,
            updatedAt: updatedAt,
            expiresAt: expiresAt,
            body: body
        )
    }
}

/// A document's metadata as a log keeps it beside the body.
public struct DocumentTimes: Sendable, Hashable {
    /// The revision.
    public var revision: Revision
    /// When it was created.
    public var createdAt: Timestamp
    /// When it was last written.
    public var updatedAt: Timestamp
    /// When it disappears by itself; nil for never.
    public var expiresAt: Timestamp?

    /// Makes the metadata.
    public init(revision: Revision, createdAt: Timestamp, updatedAt: Timestamp, expiresAt: Timestamp?) {
        self.revision = revision
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.expiresAt = expiresAt
    }
}
