package import FunctionKit

/// A document that a product hands to the portal through a feed of changes.
package protocol FeedDocument: Codable, Sendable {
    /// The portal's tenant.
    var tenantID: String { get }
}

/// One page of a feed of changes.
package struct FeedPage<Document: FeedDocument>: Sendable {
    /// What changed, the oldest change first; each document once, as it stands now.
    package let items: [Stored<Document>]
    /// Where the next page begins.
    package let nextCursor: String
    /// Whether there is more now.
    package let hasMore: Bool
}

extension DocumentCollection where Document: FeedDocument {
    /// The changes of a tenant behind a cursor, in the order in which they were committed.
    ///
    /// The order is that of the store's revisions, which no other clock can upset. It is not indexed: a page reads the
    /// tenant's whole collection, which suits a sandbox.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 400 for a missing tenant, a foreign cursor, or a limit outside 1 to 200.
    package func changes(for request: HTTPRequest) async throws -> FeedPage<Document> {
        guard let tenantID = request.queryValue("tenant_id"), !tenantID.isEmpty else {
            throw HTTPError.invalid("The query parameter 'tenant_id' is missing.")
        }
        let since = try FeedPosition(cursor: request.queryValue("since") ?? "")
        guard let limit = Int(request.queryValue("limit") ?? "200"), (1...200).contains(limit) else {
            throw HTTPError.invalid("The query parameter 'limit' must be 1 to 200.")
        }
        var changed: [Stored<Document>] = []
        try await forEach(index: "by_tenant", equals: [.text(tenantID)]) { document in
            if since < FeedPosition(document) { changed.append(document) }
        }
        changed.sort { FeedPosition($0) < FeedPosition($1) }
        let items = Array(changed.prefix(limit))
        let next = items.last.map { FeedPosition($0) } ?? since
        return FeedPage(items: items, nextCursor: next.cursor, hasMore: changed.count > limit)
    }
}

/// A place in a feed: the revision, and the id among documents that were committed together.
struct FeedPosition: Comparable {
    var revision: Int64
    var id: String

    init<Document>(_ document: Stored<Document>) {
        revision = document.revision.rawValue
        id = document.id
    }

    /// Reads a cursor; an empty one is the beginning.
    init(cursor: String) throws {
        let parts = cursor.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard cursor.isEmpty || parts.count == 2, let revision = cursor.isEmpty ? 0 : Int64(parts[0]), revision >= 0
        else {
            throw HTTPError.invalid("The query parameter 'since' is not a cursor of this feed.")
        }
        self.revision = revision
        id = cursor.isEmpty ? "" : String(parts[1])
    }

    var cursor: String { "\(revision).\(id)" }

    static func < (left: FeedPosition, right: FeedPosition) -> Bool {
        (left.revision, left.id) < (right.revision, right.id)
    }
}
