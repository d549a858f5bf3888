/// A document's place in memory, which lasts as long as the document is held.
public struct RecordSlot: Sendable, Hashable {
    let collection: UInt32
    let slot: UInt32
}

extension PartitionState {
    /// The place in memory of a document whose newest version lies exactly there; nil when it was written or removed since.
    public func slot(of key: DocumentKey, at file: Int, offset: Int) -> RecordSlot? {
        guard let number = number(of: key.collection), let slot = collections[number].ids.get(key.id.description) else {
            return nil
        }
        let record = collections[number].records.packed(slot)
        guard record.file == file, record.offset == offset else { return nil }
        return RecordSlot(collection: UInt32(number), slot: slot)
    }

    /// Says where bodies have been moved.
    ///
    /// A document that was written or removed since its slot was looked up is left alone: it lies in none of `files` then, which
    /// are those that nothing is written to any more.
    public mutating func relocate(_ moves: [(slot: RecordSlot, to: BodyLocation)], from files: Set<Int>) {
        for move in moves {
            let (number, slot) = (Int(move.slot.collection), move.slot.slot)
            guard number < collections.count, collections[number].records.isUsed(slot),
                files.contains(collections[number].records.packed(slot).file)
            else { continue }
            collections[number].records.relocate(slot, move.to)
        }
    }
}
