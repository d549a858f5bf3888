extension PackedMap {
    /// Gives a key a number.
    ///
    /// - Precondition: the key has at most ``PackedChunk/keyBytesMax`` bytes.
    mutating func set(_ key: [UInt8], _ value: UInt32) {
        precondition(key.count <= PackedChunk.keyBytesMax, "a key of \(key.count) bytes")
        key.withUnsafeBytes { set($0, value) }
    }

    private mutating func set(_ key: UnsafeRawBufferPointer, _ value: UInt32) {
        guard !chunks.isEmpty else {
            var keys = KeyList()
            keys.append(key, value)
            put([PackedChunk.encode(keys, 0..<1)], at: 0..<0)
            count = 1
            return
        }
        let chunk = max(lastChunk(notBehind: key), 0)
        let (index, isFound) = chunks[chunk].withView { $0.lowerBound(key) }
        if isFound {
            chunks[chunk] = chunks[chunk].replacing(index, by: value)
            return
        }
        count += 1
        guard chunks[chunk].count < PackedChunk.countMax, chunks[chunk].insert(key, value, at: index) else {
            return repack(chunk, with: key, value, at: index)
        }
        if index == 0 { fences[chunk] = Fence(key) }
    }

    /// Removes a key if it is there.
    mutating func remove(_ key: [UInt8]) { key.withUnsafeBytes { remove($0) } }

    private mutating func remove(_ key: UnsafeRawBufferPointer) {
        let chunk = lastChunk(notBehind: key)
        guard chunk >= 0 else { return }
        let (index, isFound) = chunks[chunk].withView { $0.lowerBound(key) }
        guard isFound else { return }
        count -= 1
        guard chunks[chunk].count > 1 else {
            chunks.remove(at: chunk)
            fences.remove(at: chunk)
            return
        }
        chunks[chunk].remove(index)
        if index == 0 { fences[chunk] = Fence(chunks[chunk]) }
        mergeIfSmall(chunk)
    }

    /// Packs a chunk anew with one entry more, and splits it when it has become too large.
    private mutating func repack(_ chunk: Int, with key: UnsafeRawBufferPointer, _ value: UInt32, at index: Int) {
        let old = chunks[chunk]
        var keys = KeyList()
        keys.append(old, 0..<index)
        keys.append(key, value)
        keys.append(old, index..<old.count)
        if keys.count <= PackedChunk.countMax {
            let whole = PackedChunk.encode(keys, 0..<keys.count)
            if whole.bytes.count <= PackedChunk.bytesMax { return put([whole], at: chunk..<chunk + 1) }
        }
        // Entries that arrive in ascending order leave nearly full chunks behind.
        let isAtEnd = index >= keys.count * 7 / 8
        let middle = min(max(isAtEnd ? keys.count * 7 / 8 : keys.count / 2, 1), keys.count - 1)
        put(
            PackedChunk.encodeAll(keys, 0..<middle) + PackedChunk.encodeAll(keys, middle..<keys.count),
            at: chunk..<chunk + 1
        )
    }

    /// Below this a chunk looks for a neighbour to be packed with.
    private static let smallCount = 16
    /// The most entries that are packed together then, so that the next insertions do not split them again.
    private static let mergedCountMax = 96

    private mutating func mergeIfSmall(_ chunk: Int) {
        let size = chunks[chunk].count
        guard size < Self.smallCount else { return }
        for first in [chunk - 1, chunk] where first >= 0 && first + 1 < chunks.count {
            let (left, right) = (chunks[first], chunks[first + 1])
            guard left.count + right.count <= Self.mergedCountMax,
                left.bytes.count + right.bytes.count <= PackedChunk.bytesMax / 2
            else { continue }
            var keys = KeyList()
            keys.append(left, 0..<left.count)
            keys.append(right, 0..<right.count)
            return put(PackedChunk.encodeAll(keys, 0..<keys.count), at: first..<first + 2)
        }
    }

    private mutating func put(_ new: [PackedChunk], at range: Range<Int>) {
        if new.count == range.count {
            for (index, chunk) in zip(range, new) {
                chunks[index] = chunk
                fences[index] = Fence(chunk)
            }
        } else {
            chunks.replaceSubrange(range, with: new)
            fences.replaceSubrange(range, with: new.map { Fence($0) })
        }
    }
}

extension PackedChunk {
    /// Packs keys in ascending order into as many chunks as they need.
    static func encodeAll(_ keys: KeyList, _ range: Range<Int>) -> [PackedChunk] {
        if range.count <= countMax {
            let bytes = keys.range(range.upperBound - 1).upperBound - keys.range(range.lowerBound).lowerBound
            // Ends have 16 bits; whatever is longer is split before it is packed.
            if bytes <= encodedBytesMax / 2 || range.count == 1 {
                let chunk = encode(keys, range)
                if chunk.bytes.count <= bytesMax || range.count == 1 { return [chunk] }
            }
        }
        let middle = (range.lowerBound + range.upperBound) / 2
        return encodeAll(keys, range.lowerBound..<middle) + encodeAll(keys, middle..<range.upperBound)
    }
}
