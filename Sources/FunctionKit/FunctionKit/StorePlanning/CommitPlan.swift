/// What a batch does, decided but not done.
public struct CommitPlan: Sendable {
    /// What happens to one document.
    public enum Effect: Sendable {
        /// It is written; the record replaces the one that is there.
        case put(DocumentRecord)
        /// It is removed.
        case delete
    }

    /// One document that changes.
    public struct Change: Sendable {
        /// Which one.
        public let key: DocumentKey
        /// What happens to it.
        public internal(set) var effect: Effect
        /// Its entries in the collection's indexes afterwards and before.
        var entries: [IndexEntry] = []
        var oldEntries: [IndexEntry] = []
        /// Its places in unique indexes afterwards.
        var slots: [UniqueSlot] = []

        init(key: DocumentKey, effect: Effect) {
            self.key = key
            self.effect = effect
        }

        /// Says where the body of a written document has come to lie.
        mutating func place(at location: BodyLocation) {
            guard case .put(var record) = effect else { return }
            record.location = location
            effect = .put(record)
        }
    }

    /// The changes in the order of the batch; empty when nothing changes, and then there is nothing to make durable.
    public internal(set) var changes: [Change]
    /// The bodies of the written documents, one for each change; empty for a removal.
    public let bodies: [[UInt8]]
    /// The batch's sequence number, or that of the batch before when nothing changes.
    public let revision: Revision
    /// The batch's time: now, or the last change of one of its documents if that is later because the clock jumped back.
    public let committedAt: Timestamp
    /// By how many bytes the tenant's documents grow.
    public let addedBytes: Int

    /// What the caller is told.
    public var receipt: CommitReceipt { CommitReceipt(revision: revision, committedAt: committedAt) }

    /// What observers are told.
    ///
    /// - Parameter other: the notice before, whose set of collections is taken over where it is the same.
    public func notice(_ tenant: TenantName, after other: CommitNotice? = nil) -> CommitNotice {
        if let other, other.collections.count == 1, let name = other.collections.first,
            changes.allSatisfy({ $0.key.collection == name })
        {
            return CommitNotice(tenant: tenant, revision: revision, collections: other.collections)
        }
        return CommitNotice(tenant: tenant, revision: revision, collections: Set(changes.map(\.key.collection)))
    }

    /// Says where each body has come to lie, by its place among ``changes``; it is not asked for removals.
    public mutating func place(_ location: (Int) -> BodyLocation) {
        for index in changes.indices {
            guard case .put = changes[index].effect else { continue }
            changes[index].place(at: location(index))
        }
    }

    /// Says where the body of one change has come to lie, by its place among ``changes``.
    public mutating func place(_ index: Int, at location: BodyLocation) { changes[index].place(at: location) }
}
