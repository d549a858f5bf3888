/// How far a reader of a tenant's change feed has come. Kept as its text, it outlives the reader and the store's process.
public struct ChangePosition: Sendable, Hashable, LosslessStringConvertible {
    /// Everything up to this revision has been told.
    public let revision: Revision
    /// For a reader that is still on its first way through: the last revision when it began, so that removals before it do not
    /// matter to this reader; 0 for one that has caught up.
    public let startedAt: Revision

    /// Before the first change.
    public static let beginning = ChangePosition(revision: Revision(rawValue: 0), startedAt: Revision(rawValue: 0))

    /// Makes a position; a beginning that the reader has come past is dropped.
    public init(revision: Revision, startedAt: Revision = Revision(rawValue: 0)) {
        self.revision = revision
        self.startedAt = startedAt > revision ? startedAt : Revision(rawValue: 0)
    }

    /// Reads what ``description`` wrote; nil for anything else.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        let numbers = parts.map { part -> Int64? in
            guard part.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            return Int64(Substring(part))
        }
        guard (1...2).contains(numbers.count), let revision = numbers[0],
            let startedAt = numbers.count == 2 ? numbers[1] : 0
        else { return nil }
        self.init(revision: Revision(rawValue: revision), startedAt: Revision(rawValue: startedAt))
    }

    /// The numbers in decimal: `17`, or `17-40` on the first way through.
    public var description: String {
        startedAt.rawValue == 0 ? "\(revision.rawValue)" : "\(revision.rawValue)-\(startedAt.rawValue)"
    }

    /// The oldest revision whose removals this reader must be told.
    public var removalsNeededAfter: Revision { max(revision, startedAt) }
}

/// One document's latest change.
public struct DocumentChange: Sendable, Hashable {
    /// Which document.
    public let key: DocumentKey
    /// The revision of the batch that changed it.
    public let revision: Revision
    /// The document now; nil when it was removed.
    public let document: StoredDocument?

    /// Makes a change.
    public init(key: DocumentKey, revision: Revision, document: StoredDocument?) {
        self.key = key
        self.revision = revision
        self.document = document
    }
}

/// A piece of a tenant's change feed.
public struct ChangePage: Sendable {
    /// The changes in the order of their revisions.
    public let changes: [DocumentChange]
    /// Where to go on.
    public let position: ChangePosition
    /// True when nothing lay behind ``position`` at that moment.
    public let isAtEnd: Bool

    /// Makes a page.
    public init(changes: [DocumentChange], position: ChangePosition, isAtEnd: Bool) {
        self.changes = changes
        self.position = position
        self.isAtEnd = isAtEnd
    }
}

extension TenantStore {
    /// What has changed in this tenant behind a position. See ``TenantPartition/changes(after:limit:)``.
    ///
    /// A reader keeps ``ChangePage/position`` together with what it made of the changes. When the position has expired, it
    /// forgets what it has and begins again with ``ChangePosition/beginning``.
    public func changes(
        after position: ChangePosition = .beginning,
        limit: Int = 100
    ) async throws(StoreError) -> ChangePage {
        try await partition.changes(after: position, limit: limit)
    }
}
