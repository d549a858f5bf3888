internal import FunctionKit
internal import Synchronization

/// A bounded number of documents that were read lately, so that the pages which everyone asks for cost no system call.
///
/// A location's bytes never change, so an entry can only be pushed out, never be wrong. Each location has one place; what was
/// there before gives way to a document that is asked for twice before any other of that place. So a job that reads every
/// document once pushes nothing out, and does not pay for keeping what nobody asks for again.
final class DocumentCache: Sendable {
    private struct Entry: Sendable {
        var partition: UInt32 = 0
        var file = 0
        var offset = -1
        var document: StoredDocument?
        /// What was asked for last and was not there.
        var wanted: UInt64 = 0
    }

    /// The longest body that is kept: 4 KiB.
    private static let bodyBytesMax = 4 << 10
    private static let shardsCount = 16

    private let numbers = Atomic<UInt32>(0)
    private let shards: [LockedState<[Entry]>]
    private let entriesPerShard: Int

    /// Makes a cache of about `countMax` documents; 0 for none.
    init(countMax: Int) {
        entriesPerShard = countMax / Self.shardsCount
        // Filled on first use: an idle host has no use for the memory.
        shards = (0..<Self.shardsCount).map { _ in LockedState([]) }
    }

    /// A number for a log, whose locations are no other log's.
    func nextNumber() -> UInt32 { numbers.add(1, ordering: .relaxed).newValue }

    /// The document at a location.
    ///
    /// - Parameter isWanted: true afterwards when it is not there and is worth keeping.
    func document(_ partition: UInt32, _ location: BodyLocation, _ isWanted: inout Bool) -> StoredDocument? {
        guard let place = place(partition, location) else { return nil }
        return shards[place.shard].withLock { entries in
            if entries.isEmpty { entries = Array(repeating: Entry(), count: entriesPerShard) }
            if entries[place.index].offset == location.offset, entries[place.index].partition == partition,
                entries[place.index].file == location.file
            {
                return entries[place.index].document
            }
            isWanted = entries[place.index].wanted == place.hash
            entries[place.index].wanted = place.hash
            return nil
        }
    }

    /// Takes a document in, in the place of another.
    func keep(_ document: StoredDocument, _ partition: UInt32, _ location: BodyLocation) {
        guard let place = place(partition, location) else { return }
        let entry = Entry(partition: partition, file: location.file, offset: location.offset, document: document)
        shards[place.shard].withLock { $0[place.index] = entry }
    }

    /// Nil for what is never kept.
    private func place(_ partition: UInt32, _ location: BodyLocation) -> (shard: Int, index: Int, hash: UInt64)? {
        guard entriesPerShard > 0, location.count <= Self.bodyBytesMax else { return nil }
        // Neighbours in a file go to places far from each other (the golden ratio's bits, after Knuth).
        let mixed =
            (UInt64(truncatingIfNeeded: location.offset) ^ UInt64(partition) << 40 ^ UInt64(location.file) << 24)
            &* 0x9E37_79B9_7F4A_7C15
        let hash = mixed >> 20
        let shard = Int(hash % UInt64(Self.shardsCount))
        return (shard, Int(hash / UInt64(Self.shardsCount) % UInt64(entriesPerShard)), mixed)
    }
}
