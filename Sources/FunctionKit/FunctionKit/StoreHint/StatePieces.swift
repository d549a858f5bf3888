/// A state as bytes, piece by piece, made from a copy while the original goes on.
///
/// All numbers are little-endian:
///
///     16 bytes  "postern-state 1\n"
///     UInt64    the last sequence number, the live bytes; UInt32 how many collections
///     for each collection, in the order of their numbers:
///       UInt32  the name's length, and the name
///       UInt32  the length of the schema's JSON, 0 for none, and that
///       UInt32  how many slots; for each 128 of them their records of 36 bytes each, and a byte that says whether moments of
///               expiry of 8 bytes each follow
///       the ids, the expiries and the indexes, each as a map:
///         UInt64  how many entries; UInt32 how many chunks, the length of each, and then the chunks as they are in memory
///
/// What is free needs no place here: it is every slot that no id leads to.
public struct StatePieces: IteratorProtocol, Sendable {
    private enum Step {
        case head
        case collection(Int)
        case records(Int, chunk: Int)
        case mapHead(Int, map: Int)
        case lengths(Int, map: Int, chunk: Int)
        case chunks(Int, map: Int, chunk: Int)
        case end
    }

    static let magic = Array("postern-state 1\n".utf8)
    /// A piece is complete when it has this many bytes; the last thing added to it has less than 64 KiB.
    private static let pieceBytes = 512 << 10
    private static let lengthsAtOnce = 8192

    private let state: PartitionState
    private var step = Step.head

    init(_ state: PartitionState) { self.state = state }

    /// The next piece, of at most 1 MiB; nil at the end.
    public mutating func next() -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.pieceBytes + (64 << 10))
        while bytes.count < Self.pieceBytes {
            if case .end = step { break }
            step = append(step, to: &bytes)
        }
        return bytes.isEmpty ? nil : bytes
    }

    private func append(_ step: Step, to bytes: inout [UInt8]) -> Step {
        switch step {
        case .head:
            bytes += Self.magic
            bytes.appendLittle(UInt64(state.lastSequence))
            bytes.appendLittle(UInt64(state.liveBytes))
            bytes.appendLittle(UInt32(state.collections.count))
            return .collection(0)
        case .collection(let number):
            guard number < state.collections.count else { return .end }
            appendHead(of: state.collections[number], to: &bytes)
            return .records(number, chunk: 0)
        case .records(let number, let chunk):
            let records = state.collections[number].records
            guard chunk < records.chunks.count else { return .mapHead(number, map: 0) }
            append(records, chunk, to: &bytes)
            return .records(number, chunk: chunk + 1)
        case .mapHead(let number, let index):
            guard let map = map(number, index) else { return .collection(number + 1) }
            bytes.appendLittle(UInt64(map.count))
            bytes.appendLittle(UInt32(map.chunks.count))
            return .lengths(number, map: index, chunk: 0)
        case .lengths(let number, let index, let chunk):
            guard let map = map(number, index), chunk < map.chunks.count else {
                return .chunks(number, map: index, chunk: 0)
            }
            let end = min(chunk + Self.lengthsAtOnce, map.chunks.count)
            for chunk in map.chunks[chunk..<end] { bytes.appendLittle(UInt32(chunk.bytes.count)) }
            return .lengths(number, map: index, chunk: end)
        case .chunks(let number, let index, let chunk):
            guard let map = map(number, index), chunk < map.chunks.count else {
                return .mapHead(number, map: index + 1)
            }
            bytes += map.chunks[chunk].bytes
            return .chunks(number, map: index, chunk: chunk + 1)
        case .end: return .end
        }
    }

    /// The ids, the expiries, then the indexes of a collection.
    private func map(_ number: Int, _ index: Int) -> PackedMap? {
        let collection = state.collections[number]
        switch index {
        case 0: return collection.ids
        case 1: return collection.expiries
        default: return index - 2 < collection.indexes.count ? collection.indexes[index - 2] : nil
        }
    }

    private func appendHead(of collection: CollectionState, to bytes: inout [UInt8]) {
        let name = Array(collection.name.description.utf8)
        bytes.appendLittle(UInt32(name.count))
        bytes += name
        // A schema is plain text and booleans, which always encode.
        let schema = collection.schema.flatMap { try? $0.json() } ?? []
        bytes.appendLittle(UInt32(schema.count))
        bytes += schema
        bytes.appendLittle(UInt32(collection.records.slotCount))
    }

    private func append(_ records: RecordTable, _ chunk: Int, to bytes: inout [UInt8]) {
        let packed = records.chunks[chunk]
        for record in packed {
            let words = record.words
            bytes.appendLittle(words.0)
            bytes.appendLittle(words.1)
            bytes.appendLittle(words.2)
            bytes.appendLittle(words.3)
            bytes.appendLittle(words.4)
            bytes.appendLittle(words.5)
            bytes.appendLittle(words.6)
            bytes.appendLittle(words.7)
            bytes.appendLittle(words.8)
        }
        let moments = records.moments[chunk]
        bytes.append(moments.isEmpty ? 0 : 1)
        guard !moments.isEmpty else { return }
        for index in packed.indices { bytes.appendLittle(index < moments.count ? moments[index] : .max) }
    }
}

extension [UInt8] {
    fileprivate mutating func appendLittle(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}

extension PartitionState {
    /// The whole state as bytes, for ``init(tenant:fileMax:from:)``; made lazily from a copy as of now.
    ///
    /// - Precondition: no log is being loaded, since there are no indexes then.
    public func pieces() -> StatePieces {
        precondition(!isLoading, "a state without its indexes cannot be saved")
        return StatePieces(self)
    }
}
