/// Some versions of documents of one collection: each an id with the revision that it has.
public struct DocumentVersions: Sendable, Hashable {
    /// The first id of each revision, and the others of revisions that have several.
    private var first: [Revision: DocumentID] = [:]
    private var others: [Revision: [DocumentID]] = [:]

    /// Makes an empty set.
    public init() {}

    /// True when there are none.
    public var isEmpty: Bool { first.isEmpty }

    /// Adds a version that is not there yet.
    public mutating func insert(_ id: DocumentID, _ revision: Revision) {
        if first[revision] == nil { first[revision] = id } else { others[revision, default: []].append(id) }
    }

    /// Removes a version if it is there.
    public mutating func remove(_ id: DocumentID, _ revision: Revision) {
        if first[revision] == id {
            first[revision] = others[revision]?.popLast()
        } else {
            others[revision]?.removeAll { $0 == id }
        }
        if others[revision]?.isEmpty == true { others[revision] = nil }
    }

    /// Whether a version is there whose id fulfils a condition.
    func contains(_ revision: Revision, where isRight: (DocumentID) -> Bool) -> Bool {
        guard let id = first[revision] else { return false }
        return isRight(id) || !others.isEmpty && others[revision]?.contains(where: isRight) == true
    }
}
