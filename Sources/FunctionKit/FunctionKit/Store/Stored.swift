/// A document with what the store knows of it. The document's own fields are reached directly: `ticket.subject`.
///
/// It also remembers the members that its type does not know, so that writing over it keeps them.
@dynamicMemberLookup
public struct Stored<Document: Codable & Sendable>: Sendable {
    /// The id within its collection.
    public let id: String
    /// The revision (ETag).
    public let revision: Revision
    /// When it was created.
    public let createdAt: Timestamp
    /// When it was last written.
    public let updatedAt: Timestamp
    /// When it disappears by itself; nil for never.
    public let expiresAt: Timestamp?
    /// The document itself.
    public var value: Document
    /// The JSON object as it is stored; nil for one that was made by hand.
    let body: [UInt8]?

    /// Makes a stored document.
    public init(
        id: String,
        revision: Revision,
        createdAt: Timestamp,
        updatedAt: Timestamp,
        expiresAt: Timestamp? = nil,
        value: Document
    ) {
        self.id = id
        self.revision = revision
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.expiresAt = expiresAt
        self.value = value
        body = nil
    }

    /// Makes the document that a write has left behind.
    init(id: DocumentID, receipt: CommitReceipt, createdAt: Timestamp?, content: WriteBatch.Content, value: Document) {
        self.id = id.description
        revision = receipt.revision
        self.createdAt = createdAt ?? receipt.committedAt
        updatedAt = receipt.committedAt
        expiresAt = content.expiresAt
        self.value = value
        body = content.body
    }

    /// Takes an engine's document whose body was decoded elsewhere.
    public init(_ stored: StoredDocument, value: Document) {
        id = stored.id.description
        revision = stored.revision
        createdAt = stored.createdAt
        updatedAt = stored.updatedAt
        expiresAt = stored.expiresAt
        self.value = value
        body = stored.body
    }

    /// Decodes an engine's document.
    ///
    /// - Parameter sharesDecoded: see ``CollectionDefinition/sharesDecoded``.
    /// - Throws: ``StoreError`` with `invalidDocument`, which names the document, when it has another shape.
    public init(_ stored: StoredDocument, sharesDecoded: Bool = false) throws(StoreError) {
        value = try Self.value(of: stored, sharesDecoded ? stored.decoded : nil)
        id = stored.id.description
        revision = stored.revision
        createdAt = stored.createdAt
        updatedAt = stored.updatedAt
        expiresAt = stored.expiresAt
        body = stored.body
    }

    private static func value(of stored: StoredDocument, _ decoded: DecodedBody?) throws(StoreError) -> Document {
        if let value = decoded?.value(as: Document.self) { return value }
        do {
            let value = try JSONCoding.decode(Document.self, from: stored.body)
            decoded?.keep(value)
            return value
        } catch {
            throw StoreError(
                .invalidDocument,
                "Document '\(stored.id)' does not decode as \(Document.self): \(error)"
            )
        }
    }

    /// The body to write for a value that takes this document's place: with the outermost members that `Document` does not know.
    public func bodyWhenReplaced(by value: Document) throws -> [UInt8] {
        try UnknownMembers.carried(of: Document.self, from: body, into: try JSONCoding.body(value))
    }

    /// A field of the document.
    public subscript<Value>(dynamicMember path: KeyPath<Document, Value>) -> Value { value[keyPath: path] }
}

extension Stored: Encodable {
    private enum CodingKeys: String, CodingKey {
        case id
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    /// Encodes the document's fields with `id`, `created_at` and `updated_at` beside them.
    public func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(updatedAt, forKey: .updatedAt)
    }
}
