extension PackedMap {
    /// Makes a map of entries that come in ascending order, in full chunks.
    struct Builder {
        private var map = PackedMap()
        private var pending = KeyList()

        /// Adds an entry whose key is greater than all before.
        mutating func append(_ key: some Sequence<UInt8>, _ value: UInt32) {
            pending.append(key, value)
            if pending.count == PackedChunk.countMax { flush() }
        }

        /// The map.
        mutating func finish() -> PackedMap {
            flush()
            map.chunks = Array(map.chunks)
            return map
        }

        private mutating func flush() {
            guard pending.count > 0 else { return }
            for chunk in PackedChunk.encodeAll(pending, 0..<pending.count) {
                map.chunks.append(chunk)
                map.fences.append(Fence(chunk))
            }
            map.count += pending.count
            pending.removeAll()
        }
    }

    /// Sorts entries that come in any order, in runs of bounded size which are packed and merged at the end.
    struct Sorter {
        private var runs: [PackedMap] = []
        private var pending = KeyList()

        private static let runCount = 1 << 16
        private static let runBytes = 8 << 20

        /// Adds an entry; no key may come twice.
        mutating func append(_ key: [UInt8], _ value: UInt32) {
            pending.append(key, value)
            if pending.count == Self.runCount || pending.bytes.count >= Self.runBytes { flush() }
        }

        /// The map.
        mutating func finish() -> PackedMap {
            flush()
            guard runs.count > 1 else { return runs.first ?? PackedMap() }
            var readers = runs.map { PackedMapReader($0) }
            runs = []
            var builder = Builder()
            // Few runs: one for each 65,536 entries. The heads stay sorted, the least last.
            readers.sort { $1.precedes($0) }
            while var least = readers.popLast() {
                builder.append(least.key, least.value)
                guard least.advance() else { continue }
                var low = 0
                var high = readers.count
                while low < high {
                    let middle = (low + high) / 2
                    if least.precedes(readers[middle]) { low = middle + 1 } else { high = middle }
                }
                readers.insert(least, at: low)
            }
            return builder.finish()
        }

        private mutating func flush() {
            guard pending.count > 0 else { return }
            var builder = Builder()
            for index in pending.sortedOrder() {
                builder.append(pending.bytes[pending.range(Int(index))], pending.values[Int(index)])
            }
            runs.append(builder.finish())
            pending.removeAll()
        }
    }
}

/// Walks through a map that has entries, one at a time.
struct PackedMapReader {
    private let map: PackedMap
    private var position: PackedMap.Position
    private(set) var key: [UInt8] = []
    private(set) var value: UInt32 = 0

    /// Begins with the first entry.
    init(_ map: PackedMap) {
        self.map = map
        position = map.start
        value = map.appendKey(at: position, to: &key)
    }

    func precedes(_ other: PackedMapReader) -> Bool {
        key.withUnsafeBytes { left in other.key.withUnsafeBytes { right in order(left, right) < 0 } }
    }

    /// Goes to the next entry; false when there is none.
    mutating func advance() -> Bool {
        position.index += 1
        if position.index == map.chunks[position.chunk].count {
            position = PackedMap.Position(chunk: position.chunk + 1, index: 0)
        }
        guard position < map.end else { return false }
        key.removeAll(keepingCapacity: true)
        value = map.appendKey(at: position, to: &key)
        return true
    }
}
