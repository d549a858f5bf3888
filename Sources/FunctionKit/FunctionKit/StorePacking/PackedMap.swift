/// Byte strings in ascending order of their bytes, each with a number.
///
/// It is a list of packed chunks. A search compares the first 16 bytes of the chunks' first keys, which lie side by side, and
/// then looks through one chunk. A copy costs nothing; a change after it copies the list of chunks and the chunk that changes.
struct PackedMap: Sendable {
    /// The first 16 bytes of a key as two numbers; equal ones leave the order open.
    struct Fence: Sendable, Equatable {
        var high: UInt64
        var low: UInt64
    }

    /// A place among the entries; one place lies behind the last.
    struct Position: Comparable {
        var chunk: Int
        var index: Int

        static func < (left: Position, right: Position) -> Bool {
            left.chunk != right.chunk ? left.chunk < right.chunk : left.index < right.index
        }
    }

    /// How many entries there are.
    var count = 0
    var chunks: [PackedChunk] = []
    var fences: [Fence] = []

    /// The number of a key.
    func get(_ key: [UInt8]) -> UInt32? { key.withUnsafeBytes { get($0) } }

    /// The number of a text's UTF-8.
    func get(_ text: String) -> UInt32? {
        var text = text
        return text.withUTF8 { get(UnsafeRawBufferPointer($0)) }
    }

    private func get(_ key: UnsafeRawBufferPointer) -> UInt32? {
        let chunk = lastChunk(notBehind: key)
        guard chunk >= 0 else { return nil }
        return chunks[chunk].withView { view in
            let (index, isFound) = view.lowerBound(key)
            return isFound ? view.value(index) : nil
        }
    }

    /// The place of the first key that is not less than this one.
    func position(of key: [UInt8]) -> Position {
        key.withUnsafeBytes { key in
            let chunk = lastChunk(notBehind: key)
            guard chunk >= 0 else { return start }
            let (index, size) = chunks[chunk].withView { ($0.lowerBound(key).index, $0.count) }
            return index < size ? Position(chunk: chunk, index: index) : Position(chunk: chunk + 1, index: 0)
        }
    }

    var start: Position { Position(chunk: 0, index: 0) }
    var end: Position { Position(chunk: chunks.count, index: 0) }

    /// Calls `body` with the entries from `lower` up to but not including `upper`, until it returns false.
    func forEach(
        from lower: [UInt8],
        upTo upper: [UInt8],
        descending: Bool = false,
        _ body: (PackedEntry) -> Bool
    ) {
        let range = (position(of: lower), position(of: upper))
        if descending { forEachDescending(range.0, range.1, body) } else { forEachAscending(range.0, range.1, body) }
    }

    /// Calls `body` with all entries in order.
    func forEach<Failure: Error>(_ body: (PackedEntry) throws(Failure) -> Void) throws(Failure) {
        var failure: Failure?
        forEachAscending(start, end) { entry in
            do throws(Failure) {
                try body(entry)
                return true
            } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
    }

    private func forEachAscending(_ lower: Position, _ upper: Position, _ body: (PackedEntry) -> Bool) {
        var position = lower
        while position < upper {
            let goesOn = chunks[position.chunk].withView { view in
                let end = position.chunk == upper.chunk ? upper.index : view.count
                for index in position.index..<end
                where !body(PackedEntry(view, Position(chunk: position.chunk, index: index))) {
                    return false
                }
                return true
            }
            guard goesOn else { return }
            position = Position(chunk: position.chunk + 1, index: 0)
        }
    }

    private func forEachDescending(_ lower: Position, _ upper: Position, _ body: (PackedEntry) -> Bool) {
        var chunk = upper.index > 0 ? upper.chunk : upper.chunk - 1
        while chunk >= lower.chunk, chunk >= 0 {
            let goesOn = chunks[chunk].withView { view in
                let end = chunk == upper.chunk ? upper.index : view.count
                let start = chunk == lower.chunk ? lower.index : 0
                guard start < end else { return true }
                for index in (start..<end).reversed()
                where !body(PackedEntry(view, Position(chunk: chunk, index: index))) {
                    return false
                }
                return true
            }
            guard goesOn else { return }
            chunk -= 1
        }
    }

    /// The number of the last chunk whose first key is not greater than `key`; -1 when there is none.
    func lastChunk(notBehind key: UnsafeRawBufferPointer) -> Int {
        let fence = Fence(key)
        var low = 0
        var high = fences.count
        while low < high {
            let middle = (low &+ high) >> 1
            let other = fences[middle]
            let isNotGreater: Bool
            if other.high != fence.high {
                isNotGreater = other.high < fence.high
            } else if other.low != fence.low {
                isNotGreater = other.low < fence.low
            } else {
                isNotGreater = chunks[middle].withView { $0.compare(key, with: 0) } >= 0
            }
            if isNotGreater { low = middle &+ 1 } else { high = middle }
        }
        return low - 1
    }
}

extension PackedMap.Fence {
    @inline(__always)
    init(_ key: UnsafeRawBufferPointer) {
        if key.count >= 16, let start = key.baseAddress {
            high = UInt64(bigEndian: start.loadUnaligned(as: UInt64.self))
            low = UInt64(bigEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        } else {
            high = 0
            low = 0
            for index in 0..<8 { high = high << 8 | (index < key.count ? UInt64(key[index]) : 0) }
            for index in 8..<16 { low = low << 8 | (index < key.count ? UInt64(key[index]) : 0) }
        }
    }

    /// The fence of a chunk.
    init(_ chunk: PackedChunk) {
        self = chunk.withView { view in
            let count = view.keyCount(0)
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(count, 1)) { buffer in
                view.copyKey(0, to: buffer.baseAddress.unsafelyUnwrapped)
                return Self(UnsafeRawBufferPointer(start: buffer.baseAddress, count: count))
            }
        }
    }
}

/// One entry while a map is walked through; it is gone when the walk's closure returns, and nobody may keep it.
struct PackedEntry {
    private let view: PackedChunk.View
    let position: PackedMap.Position

    @inline(__always)
    init(_ view: PackedChunk.View, _ position: PackedMap.Position) {
        self.view = view
        self.position = position
    }

    /// The number.
    @inline(__always)
    var value: UInt32 { view.value(position.index) }

    /// The length of the key.
    var keyCount: Int { view.keyCount(position.index) }

    /// True when the key is the text of a UUID and nothing else; false leaves it open.
    @inline(__always)
    var isUUID: Bool { view.form == .uuids && view.headCount == 0 }

    /// Appends the key.
    @inline(__always)
    func appendKey(to target: inout [UInt8]) { view.appendKey(position.index, to: &target) }
}

extension PackedMap {
    /// Appends the key at a place of an entry and returns its number.
    func appendKey(at position: Position, to target: inout [UInt8]) -> UInt32 {
        chunks[position.chunk].withView { view in
            // Beyond the last entry there is nothing: the place must be one of this map.
            precondition(position.index < view.count, "no entry at this place")
            view.appendKey(position.index, to: &target)
            return view.value(position.index)
        }
    }
}
