/// What a batch does, decided but not done.
public struct CommitPlan<Location: Sendable>: Sendable {
    /// What happens to one document.
    public enum Effect: Sendable {
        /// It is written; the record replaces the one that is there.
        case put(DocumentRecord<Location>)
        /// It is removed.
        case delete
    }

    /// One document that changes.
    public struct Change: Sendable {
        /// Which one.
        public let key: DocumentKey
        /// What happens to it.
        public internal(set) var effect: Effect
        /// Its places in unique indexes afterwards.
        var slots: [UniqueSlot] = []

        /// Says where the body of a written document has come to lie.
        mutating func place(at location: Location) {
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

    /// What the caller is told.
    public var receipt: CommitReceipt { CommitReceipt(revision: revision, committedAt: committedAt) }

    /// What observers are told.
    public func notice(_ tenant: TenantName) -> CommitNotice {
        CommitNotice(tenant: tenant, revision: revision, collections: Set(changes.map(\.key.collection)))
    }

    /// Says where each body has come to lie, by its place among ``changes``.
    public mutating func place(_ location: (Int) -> Location) {
        for index in changes.indices { changes[index].place(at: location(index)) }
    }

    /// Says where each body has come to lie, by where it was said to lie before.
    public mutating func relocate(_ location: (Location) -> Location) {
        for index in changes.indices {
            guard case .put(let record) = changes[index].effect else { continue }
            changes[index].place(at: location(record.location))
        }
    }
}

/// A place in a unique index.
struct UniqueSlot: Sendable, Hashable {
    var collection: CollectionName
    /// The index's position in the schema.
    var index: Int
    var values: [UInt8]
}

/// The changes of batches that are planned and not applied yet; later batches are checked against them too.
public struct PendingChanges<Location: Sendable>: Sendable {
    private(set) var count = 0
    /// The planned documents; a removed one holds nil.
    private(set) var records: [DocumentKey: DocumentRecord<Location>?] = [:]
    private(set) var holders: [UniqueSlot: DocumentID] = [:]
    private var slots: [DocumentKey: [UniqueSlot]] = [:]

    /// Makes an empty set.
    public init() {}

    /// Adds a plan that will be applied.
    public mutating func add(_ plan: CommitPlan<Location>) {
        guard !plan.changes.isEmpty else { return }
        count += 1
        for change in plan.changes {
            for slot in slots.removeValue(forKey: change.key) ?? [] where holders[slot] == change.key.id {
                holders[slot] = nil
            }
        }
        for change in plan.changes {
            if case .put(let record) = change.effect {
                records[change.key] = .some(record)
            } else {
                records[change.key] = .some(nil)
            }
            guard !change.slots.isEmpty else { continue }
            slots[change.key] = change.slots
            for slot in change.slots { holders[slot] = change.key.id }
        }
    }
}

/// The part of a key that may not stand twice: its fields without the id; nil when the index is not unique or a field is null.
func uniqueValues(_ key: [UInt8], _ definition: IndexDefinition) -> [UInt8]? {
    guard definition.isUnique else { return nil }
    var position = 0
    for _ in definition.fields {
        guard key[position] != 1 else { return nil }
        position += IndexKey.offset(behind: 1, in: Array(key[position...]))
    }
    return Array(key[..<position])
}
