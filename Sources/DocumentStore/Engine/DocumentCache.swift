internal import FunctionKit
internal import Synchronization

/// A bounded number of documents that were read lately, so that the pages which everyone asks for cost no system call.
///
/// A location's bytes never change, so an entry can only be pushed out, never be wrong. Each location has one place; what was
/// there before gives way to a document that is asked for twice before any other of that place. So a job that reads every
/// document once pushes nothing out, and does not pay for keeping what nobody asks for again.
final class DocumentCache: Sendable {
    private struct Entry: Sendable {
        var partition: UInt32
        var file: Int
        var offset: Int
        var document: StoredDocument
    }

    /// Two locations, in short: which one a place may hold, and which one it was asked for last without holding it.
    private struct Mark: Sendable {
        var held: UInt64 = 0
        var wanted: UInt64 = 0
    }

    /// The places of one lock. The marks lie side by side, since most of the questions end there and memory far away costs as
    /// much as the rest of a question.
    private struct Shard: Sendable {
        var marks: [Mark] = []
        var entries: [Entry?] = []
    }

    /// The longest body that is kept: 4 KiB.
    private static let bodyBytesMax = 4 << 10
    private static let shardsCount = 16

    private let numbers = Atomic<UInt32>(0)
    private let shards: [LockedState<Shard>]
    private let entriesPerShard: Int

    /// Makes a cache of about `countMax` documents; 0 for none.
    init(countMax: Int) {
        entriesPerShard = countMax / Self.shardsCount
        // Filled on first use: an idle host has no use for the memory.
        shards = (0..<Self.shardsCount).map { _ in LockedState(Shard()) }
    }

    /// A number for a log, whose locations are no other log's.
    func nextNumber() -> UInt32 { numbers.add(1, ordering: .relaxed).newValue }

    /// The document at a location.
    ///
    /// - Parameter isWanted: true afterwards when it is not there and is worth keeping.
    func document(_ partition: UInt32, _ location: BodyLocation, _ isWanted: inout Bool) -> StoredDocument? {
        guard let place = place(partition, location) else { return nil }
        return shards[place.shard].withLock { shard in
            if shard.marks.isEmpty {
                shard.marks = Array(repeating: Mark(), count: entriesPerShard)
                shard.entries = Array(repeating: nil, count: entriesPerShard)
            }
            if shard.marks[place.index].held == place.mark, let entry = shard.entries[place.index],
                entry.offset == location.offset, entry.partition == partition, entry.file == location.file
            {
                return entry.document
            }
            isWanted = shard.marks[place.index].wanted == place.mark
            shard.marks[place.index].wanted = place.mark
            return nil
        }
    }

    /// Takes a document in that ``document(_:_:_:)`` has called wanted, in the place of another, with a place for what it is decoded to.
    func keep(_ document: StoredDocument, _ partition: UInt32, _ location: BodyLocation) {
        guard let place = place(partition, location) else { return }
        var document = document
        document.decoded = DecodedBody()
        let entry = Entry(partition: partition, file: location.file, offset: location.offset, document: document)
        shards[place.shard].withLock { shard in
            guard !shard.entries.isEmpty else { return }
            shard.entries[place.index] = entry
            shard.marks[place.index].held = place.mark
        }
    }

    /// Nil for what is never kept.
    private func place(_ partition: UInt32, _ location: BodyLocation) -> (shard: Int, index: Int, mark: UInt64)? {
        guard entriesPerShard > 0, location.count <= Self.bodyBytesMax else { return nil }
        // Neighbours in a file go to places far from each other (the golden ratio's bits, after Knuth).
        let mixed =
            (UInt64(truncatingIfNeeded: location.offset) ^ UInt64(partition) << 40 ^ UInt64(location.file) << 24)
            &* 0x9E37_79B9_7F4A_7C15
        let hash = mixed >> 20
        let shard = Int(hash % UInt64(Self.shardsCount))
        return (shard, Int(hash / UInt64(Self.shardsCount) % UInt64(entriesPerShard)), mixed | 1)
    }
}
