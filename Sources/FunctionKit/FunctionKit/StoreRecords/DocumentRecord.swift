/// What a partition keeps in memory of a document; the body is where `location` says.
public struct DocumentRecord: Sendable, Hashable {
    /// The revision.
    public let revision: Revision
    /// When it was created.
    public let createdAt: Timestamp
    /// When it was last written.
    public let updatedAt: Timestamp
    /// When it disappears by itself; nil for never.
    public let expiresAt: Timestamp?
    /// Where the body is.
    public internal(set) var location: BodyLocation

    init(revision: Revision, createdAt: Timestamp, updatedAt: Timestamp, expiresAt: Timestamp?, location: BodyLocation)
    {
        self.revision = revision
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.expiresAt = expiresAt
        self.location = location
    }

    init(_ times: DocumentTimes, at location: BodyLocation) {
        self.init(
            revision: times.revision,
            createdAt: times.createdAt,
            updatedAt: times.updatedAt,
            expiresAt: times.expiresAt,
            location: location
        )
    }

    /// The metadata without the location.
    public var times: DocumentTimes {
        DocumentTimes(revision: revision, createdAt: createdAt, updatedAt: updatedAt, expiresAt: expiresAt)
    }

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
