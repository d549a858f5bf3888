/// Reads the parts of a saved state.
///
/// Whatever it allocates it has read before, so that a wrong number cannot ask for more memory than there are bytes.
struct StateReader {
    /// Gives so many bytes of the saved state, in their order; see ``PartitionState/init(tenant:fileMax:from:)``.
    typealias Source = (Int) throws -> [UInt8]

    /// How many lengths of chunks are read at once.
    private static let lengthsAtOnce = 8192

    static func bytes(_ count: Int, _ source: Source) throws -> [UInt8] {
        guard count > 0 else { return [] }
        let bytes = try source(count)
        guard bytes.count == count else { throw StateDecodingError("the saved state ends too early") }
        return bytes
    }

    static func number32(_ source: Source) throws -> Int {
        let bytes = try bytes(4, source)
        return bytes.withUnsafeBytes { Int(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self))) }
    }

    static func number64(_ source: Source) throws -> Int {
        let bytes = try bytes(8, source)
        let number = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard let result = Int(exactly: number) else { throw StateDecodingError("a number is too large") }
        return result
    }

    /// Bytes behind their length.
    static func text(_ countMax: Int, _ source: Source) throws -> [UInt8] {
        let count = try number32(source)
        guard count <= countMax else { throw StateDecodingError("a text of \(count) bytes") }
        return try bytes(count, source)
    }

    static func records(_ source: Source) throws -> RecordTable {
        var left = try number32(source)
        var table = RecordTable()
        let recordBytes = PackedRecord.wordCount * 4
        while left > 0 {
            let count = min(left, RecordTable.chunkCount)
            let bytes = try bytes(count * recordBytes + 1, source)
            table.load(
                bytes.withUnsafeBytes { bytes in
                    (0..<count).map { PackedRecord(words: words(bytes, $0 * recordBytes)) }
                }
            )
            switch bytes[count * recordBytes] {
            case 0: break
            case 1:
                let moments = try Self.bytes(count * 8, source)
                table.load(
                    moments.withUnsafeBytes { bytes in
                        (0..<count).map {
                            Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self))
                        }
                    },
                    chunk: table.chunks.count - 1
                )
            default: throw StateDecodingError("a piece of the records has no known form")
            }
            left -= count
        }
        return table
    }

    private static func words(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> PackedRecord.Words {
        func word(_ index: Int) -> UInt32 {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + index * 4, as: UInt32.self))
        }
        return (word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7), word(8))
    }

    /// A map whose chunks are whole and ascend.
    static func map(_ source: Source) throws -> PackedMap {
        let count = try number64(source)
        var left = try number32(source)
        var lengths: [Int] = []
        while left > 0 {
            let some = min(left, lengthsAtOnce)
            let bytes = try bytes(some * 4, source)
            bytes.withUnsafeBytes { bytes in
                for index in 0..<some {
                    lengths.append(
                        Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
                    )
                }
            }
            left -= some
        }
        var loader = MapLoader()
        for length in lengths {
            guard length <= PackedChunk.encodedBytesMax else { throw StateDecodingError("a piece of \(length) bytes") }
            try loader.append(try PackedChunk(validating: try bytes(length, source)))
        }
        guard loader.map.count == count else { throw StateDecodingError("an index has not as many entries as it says") }
        return loader.map
    }
}

/// Puts a map together from chunks, each of which must lie behind the one before.
private struct MapLoader {
    private(set) var map = PackedMap()
    private var last: [UInt8] = []
    private var first: [UInt8] = []

    mutating func append(_ chunk: PackedChunk) throws(StateDecodingError) {
        first.removeAll(keepingCapacity: true)
        chunk.withView { $0.appendKey(0, to: &first) }
        if !map.chunks.isEmpty {
            guard last.withUnsafeBytes({ last in first.withUnsafeBytes { order(last, $0) < 0 } }) else {
                throw StateDecodingError("the pieces of an index are not in order")
            }
        }
        map.count += chunk.count
        map.chunks.append(chunk)
        map.fences.append(first.withUnsafeBytes { PackedMap.Fence($0) })
        last.removeAll(keepingCapacity: true)
        chunk.withView { $0.appendKey($0.count - 1, to: &last) }
    }
}
