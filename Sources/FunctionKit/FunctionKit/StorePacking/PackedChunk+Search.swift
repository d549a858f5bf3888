extension PackedChunk.View {
    /// The place of the first entry that is not less than `key`, and whether it is that key.
    @inline(__always)
    func lowerBound(_ key: UnsafeRawBufferPointer) -> (index: Int, isFound: Bool) {
        // A key that ends before the UUIDs begin compares with what is stored as with the text.
        guard form == .uuids, key.count > headCount else { return search(key) }
        return searchBehindHead(key)
    }

    /// Below zero when `key` comes before the entry, zero when it is the entry's.
    func compare(_ key: UnsafeRawBufferPointer, with index: Int) -> Int {
        let count = keyCount(index)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(count, 1)) { buffer in
            copyKey(index, to: buffer.baseAddress.unsafelyUnwrapped)
            return order(key, UnsafeRawBufferPointer(start: buffer.baseAddress, count: count))
        }
    }

    @inline(never)
    private func searchBehindHead(_ key: UnsafeRawBufferPointer) -> (index: Int, isFound: Bool) {
        let head = headCount
        guard key.count == head + UUIDText.textCount, let start = key.baseAddress else { return searchTexts(key) }
        let packed = withUnsafeTemporaryAllocation(
            of: UInt8.self,
            capacity: head + UUIDText.packedCount
        ) { buffer -> (index: Int, isFound: Bool)? in
            let target = buffer.baseAddress.unsafelyUnwrapped
            copyBytes(start, to: target, count: head)
            let tail = start.assumingMemoryBound(to: UInt8.self) + head
            guard UUIDText.pack(tail, to: target + head) else { return nil }
            return search(UnsafeRawBufferPointer(start: target, count: head + UUIDText.packedCount))
        }
        return packed ?? searchTexts(key)
    }

    /// Compares with what is stored.
    @inline(__always)
    private func search(_ key: UnsafeRawBufferPointer) -> (index: Int, isFound: Bool) {
        let before = order(
            UnsafeRawBufferPointer(start: key.baseAddress, count: min(key.count, prefixCount)),
            UnsafeRawBufferPointer(start: prefix, count: min(key.count, prefixCount))
        )
        if before != 0 { return (before < 0 ? 0 : count, false) }
        guard key.count >= prefixCount else { return (0, false) }
        let rest = UnsafeRawBufferPointer(rebasing: key[prefixCount...])
        var low = 0
        var high = count
        while low < high {
            let middle = (low &+ high) >> 1
            let result = order(rest, suffix(middle))
            if result == 0 { return (middle, true) }
            if result < 0 { high = middle } else { low = middle &+ 1 }
        }
        return (low, false)
    }

    /// Compares with the keys' texts, for a key that is no UUID of the same length.
    private func searchTexts(_ key: UnsafeRawBufferPointer) -> (index: Int, isFound: Bool) {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) >> 1
            let result = compare(key, with: middle)
            if result == 0 { return (middle, true) }
            if result < 0 { high = middle } else { low = middle + 1 }
        }
        return (low, false)
    }
}
