import FunctionKit

/// The messages that a listener holds, in ascending order of their ids, as the ledger lists them.
///
/// A sorted array: ids that are taken later are greater as a rule, so that it grows at its end, and it need not be sorted for each
/// ledger that is written.
struct HeldMessages: Sendable {
    /// The ids in ascending order.
    private(set) var ids: [String] = []
    /// For each id the revision in which it was taken; nil when that is not known.
    private var revisions: [Revision?] = []
    /// The messages as they were taken, which a search leaves out.
    private(set) var versions = DocumentVersions()

    var isEmpty: Bool { ids.isEmpty }

    func contains(_ id: String) -> Bool { index(of: id) != nil }

    /// Adds messages that were taken.
    mutating func insert(_ deliveries: [QueueDelivery]) {
        ids.reserveCapacity(ids.count + deliveries.count)
        revisions.reserveCapacity(ids.count + deliveries.count)
        for delivery in deliveries { insert(delivery.id, delivery.stored.revision) }
    }

    /// Adds messages of which nothing else is known.
    mutating func formUnion(_ ids: some Sequence<String>) {
        for id in ids { insert(id, nil) }
    }

    mutating func remove(_ id: String) {
        guard let index = index(of: id) else { return }
        ids.remove(at: index)
        if let revision = revisions.remove(at: index), let id = try? DocumentID(id) { versions.remove(id, revision) }
    }

    /// Drops what is not among these.
    mutating func formIntersection(_ kept: [String]) {
        let kept = Set(kept)
        for id in ids where !kept.contains(id) { remove(id) }
    }

    private mutating func insert(_ id: String, _ revision: Revision?) {
        let place = ids.last.map { $0 < id } ?? true ? ids.count : place(of: id)
        guard place == ids.count || ids[place] != id else { return }
        ids.insert(id, at: place)
        revisions.insert(revision, at: place)
        if let revision, let id = try? DocumentID(id) { versions.insert(id, revision) }
    }

    private func index(of id: String) -> Int? {
        let place = place(of: id)
        return place < ids.count && ids[place] == id ? place : nil
    }

    /// The place of the first id that is not less than this one.
    private func place(of id: String) -> Int {
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
