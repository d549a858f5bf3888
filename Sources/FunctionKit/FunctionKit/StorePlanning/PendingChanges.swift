/// A place in a unique index.
struct UniqueSlot: Sendable, Hashable {
    var collection: CollectionName
    /// The index's position in the schema.
    var index: Int
    var values: [UInt8]
}

/// The changes of batches that are planned and not applied yet; later batches are checked against them too.
public struct PendingChanges: Sendable {
    /// A document as a planned batch leaves it.
    struct Document: Sendable {
        var record: DocumentRecord
        var entries: [IndexEntry]
    }

    private(set) var count = 0
    /// By how many bytes the tenant's documents grow.
    private(set) var addedBytes = 0
    /// The planned documents; a removed one holds nil.
    private(set) var documents: [DocumentKey: Document?] = [:]
    private(set) var holders: [UniqueSlot: DocumentID] = [:]
    private var slots: [DocumentKey: [UniqueSlot]] = [:]

    /// Makes an empty set, with room for so many documents.
    public init(capacity: Int = 0) {
        if capacity > 0 { documents.reserveCapacity(capacity) }
    }

    /// Adds a plan that will be applied.
    public mutating func add(_ plan: CommitPlan) {
        guard !plan.changes.isEmpty else { return }
        count += 1
        addedBytes += plan.addedBytes
        for change in plan.changes where !slots.isEmpty {
            for slot in slots.removeValue(forKey: change.key) ?? [] where holders[slot] == change.key.id {
                holders[slot] = nil
            }
        }
        for change in plan.changes {
            if case .put(let record) = change.effect {
                documents[change.key] = .some(Document(record: record, entries: change.entries))
            } else {
                documents[change.key] = .some(nil)
            }
            guard !change.slots.isEmpty else { continue }
            slots[change.key] = change.slots
            for slot in change.slots { holders[slot] = change.key.id }
        }
    }
}
