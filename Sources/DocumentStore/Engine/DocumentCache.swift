internal import FunctionKit
internal import Synchronization

/// A bounded number of documents that were read lately, so that the pages which everyone asks for cost no system call.
///
/// A location's bytes never change, so an entry can only be pushed out, never be wrong. Each location has one place; what was
/// there before gives way.
final class DocumentCache: Sendable {
    private struct Entry: Sendable {
        var partition: UInt32
        var file: Int
        var offset: Int
        var document: StoredDocument
    }

    /// The longest body that is kept: 4 KiB.
    private static let bodyBytesMax = 4 << 10
    private static let shardsCount = 16

    private let numbers = Atomic<UInt32>(0)
    private let shards: [LockedState<[Entry?]>]
    private let entriesPerShard: Int

    /// Makes a cache of about `countMax` documents; 0 for none.
    init(countMax: Int) {
        entriesPerShard = countMax / Self.shardsCount
        // Filled on first use: an idle host has no use for the memory.
        shards = (0..<Self.shardsCount).map { _ in LockedState([]) }
    }

    /// A number for a log, whose locations are no other log's.
    func nextNumber() -> UInt32 { numbers.add(1, ordering: .relaxed).newValue }

    func document(_ partition: UInt32, _ location: BodyLocation) -> StoredDocument? {
        guard let (shard, index) = place(partition, location) else { return nil }
        return shards[shard].withLock { entries in
            guard index < entries.count, let entry = entries[index], entry.offset == location.offset,
                entry.partition == partition, entry.file == location.file
            else { return nil }
            return entry.document
        }
    }

    func keep(_ document: StoredDocument, _ partition: UInt32, _ location: BodyLocation) {
        guard location.count <= Self.bodyBytesMax, let (shard, index) = place(partition, location) else { return }
        let entry = Entry(partition: partition, file: location.file, offset: location.offset, document: document)
        shards[shard].withLock { entries in
            if entries.isEmpty { entries = Array(repeating: nil, count: entriesPerShard) }
            entries[index] = entry
        }
    }

    private func place(_ partition: UInt32, _ location: BodyLocation) -> (shard: Int, index: Int)? {
        guard entriesPerShard > 0 else { return nil }
        // Neighbours in a file go to places far from each other (the golden ratio's bits, after Knuth).
        let mixed =
            (UInt64(truncatingIfNeeded: location.offset) ^ UInt64(partition) << 40 ^ UInt64(location.file) << 24)
            &* 0x9E37_79B9_7F4A_7C15
        let hash = mixed >> 20
        return (Int(hash % UInt64(Self.shardsCount)), Int(hash / UInt64(Self.shardsCount) % UInt64(entriesPerShard)))
    }
}
