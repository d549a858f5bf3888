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
