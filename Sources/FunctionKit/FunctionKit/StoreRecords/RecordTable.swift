/// The records of a collection under small numbers, its slots; the slot of a removed document is used again.
///
/// Records lie in chunks, so that a change after a copy of the table copies one of them.
struct RecordTable: Sendable {
    /// How many records a chunk has.
    static let chunkCount = 128

    /// The records; a chunk is full before the next one begins.
    private(set) var chunks: [[PackedRecord]] = []
    /// For each chunk the moments of expiry of its records; empty for a chunk in which none expires.
    private(set) var moments: [[Int64]] = []
    /// How many slots have been given out, free ones among them.
    private(set) var slotCount = 0
    private var freeCount = 0
    private var firstFree = UInt32.max

    /// How many records there are.
    var count: Int { slotCount - freeCount }

    func isUsed(_ slot: UInt32) -> Bool {
        Int(slot) < slotCount && !chunks[Int(slot) / Self.chunkCount][Int(slot) % Self.chunkCount].isFree
    }

    @inline(__always)
    func packed(_ slot: UInt32) -> PackedRecord { chunks[Int(slot) / Self.chunkCount][Int(slot) % Self.chunkCount] }

    subscript(slot: UInt32) -> DocumentRecord {
        let record = packed(slot)
        return record.record(expiresAt: record.expires ? moment(slot) : nil)
    }

    private func moment(_ slot: UInt32) -> Timestamp {
        let moments = moments[Int(slot) / Self.chunkCount]
        let index = Int(slot) % Self.chunkCount
        return Timestamp(milliseconds: index < moments.count ? moments[index] : .max)
    }

    func isExpired(_ slot: UInt32, at now: Timestamp) -> Bool { packed(slot).expires && moment(slot) <= now }

    /// Adds a record.
    mutating func insert(_ record: DocumentRecord) -> UInt32 {
        let slot: UInt32
        if freeCount > 0 {
            slot = firstFree
            firstFree = packed(slot).nextFree
            freeCount -= 1
            chunks[Int(slot) / Self.chunkCount][Int(slot) % Self.chunkCount] = PackedRecord(record)
        } else {
            slot = UInt32(slotCount)
            append(PackedRecord(record))
        }
        setMoment(record.expiresAt, slot)
        return slot
    }

    /// Puts a record in the place of another.
    mutating func update(_ slot: UInt32, _ record: DocumentRecord) {
        let mayExpire = packed(slot).expires || record.expiresAt != nil
        chunks[Int(slot) / Self.chunkCount][Int(slot) % Self.chunkCount] = PackedRecord(record)
        if mayExpire { setMoment(record.expiresAt, slot) }
    }

    mutating func remove(_ slot: UInt32) {
        chunks[Int(slot) / Self.chunkCount][Int(slot) % Self.chunkCount] = PackedRecord(freeBefore: firstFree)
        firstFree = slot
        freeCount += 1
    }

    mutating func relocate(_ slot: UInt32, _ location: BodyLocation) {
        chunks[Int(slot) / Self.chunkCount][Int(slot) % Self.chunkCount].relocate(location)
    }

    private mutating func append(_ record: PackedRecord) {
        if slotCount % Self.chunkCount == 0 {
            chunks.append([])
            moments.append([])
        }
        let chunk = slotCount / Self.chunkCount
        let size = chunks[chunk].count
        // Grown in steps of its own, so that a full chunk has no slack.
        if size == chunks[chunk].capacity { chunks[chunk].reserveCapacity(min(max(size * 2, 4), Self.chunkCount)) }
        chunks[chunk].append(record)
        slotCount += 1
    }

    private mutating func setMoment(_ moment: Timestamp?, _ slot: UInt32) {
        guard let moment else { return }
        let (chunk, index) = (Int(slot) / Self.chunkCount, Int(slot) % Self.chunkCount)
        if moments[chunk].count <= index {
            moments[chunk] += Array(repeating: Int64.max, count: index + 1 - moments[chunk].count)
        }
        moments[chunk][index] = moment.milliseconds
    }
}

extension RecordTable {
    /// Takes over the next records of a saved table, which come chunk by chunk.
    mutating func load(_ records: [PackedRecord]) {
        chunks.append(records)
        moments.append([])
        slotCount += records.count
    }

    /// Takes over the moments of expiry of a chunk.
    mutating func load(_ moments: [Int64], chunk: Int) { self.moments[chunk] = moments }

    /// Makes every slot free that is not among those in use.
    mutating func free(allBut used: SlotSet) {
        for slot in 0..<UInt32(slotCount) where !used.contains(slot) { remove(slot) }
    }
}

/// A set of slots.
struct SlotSet {
    private var words: [UInt64]
    private let slotCount: Int

    init(slotCount: Int) {
        self.slotCount = slotCount
        words = Array(repeating: 0, count: (slotCount + 63) / 64)
    }

    func contains(_ slot: UInt32) -> Bool {
        Int(slot) < slotCount && words[Int(slot) / 64] >> UInt64(slot % 64) & 1 != 0
    }

    /// False when the slot was there before or does not exist.
    mutating func insert(_ slot: UInt32) -> Bool {
        guard Int(slot) < slotCount, !contains(slot) else { return false }
        words[Int(slot) / 64] |= 1 << UInt64(slot % 64)
        return true
    }
}
