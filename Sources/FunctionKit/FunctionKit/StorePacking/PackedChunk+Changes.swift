extension PackedChunk {
    /// Adds an entry where it stands, with its parts moved apart; false when the key does not fit the chunk's form and prefix, or
    /// the chunk would become too large, and it has to be packed anew.
    mutating func insert(_ key: UnsafeRawBufferPointer, _ value: UInt32, at index: Int) -> Bool {
        guard let start = key.baseAddress else { return false }
        let (form, head) = withView { ($0.form, $0.form == .uuids ? $0.headCount : 0) }
        guard form == .uuids else { return insert(stored: key, value, at: index) }
        guard key.count == head + UUIDText.textCount else { return false }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: head + UUIDText.packedCount) { buffer in
            let target = buffer.baseAddress.unsafelyUnwrapped
            copyBytes(start, to: target, count: head)
            let tail = start.assumingMemoryBound(to: UInt8.self) + head
            guard UUIDText.pack(tail, to: target + head) else { return false }
            let stored = UnsafeRawBufferPointer(start: target, count: head + UUIDText.packedCount)
            return insert(stored: stored, value, at: index)
        }
    }

    private mutating func insert(stored key: UnsafeRawBufferPointer, _ value: UInt32, at index: Int) -> Bool {
        guard let start = key.baseAddress, let old = withView({ Layout($0, fitting: key, at: index) }) else {
            return false
        }
        let length = key.count - old.prefixCount
        let added = 4 + old.endBytes + length
        guard old.size + added <= Self.bytesMax else { return false }
        makeRoom(for: old.size + added)
        bytes.append(contentsOf: repeatElement(0, count: added))
        bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            let new = Layout(count: old.count + 1, old, size: old.size + added)
            // From the end on, each part to a higher place, so that none is overwritten before it has moved.
            let behind = new.suffixes + old.before + length
            base.move(old.suffixes + old.before, to: behind, count: old.size - old.suffixes - old.before)
            base.move(old.suffixes, to: new.suffixes, count: old.before)
            base.move(old.prefix, to: new.prefix, count: old.prefixCount)
            if old.endBytes > 0 {
                for end in (index..<old.count).reversed() {
                    let moved = base.end(old, end) + UInt16(truncatingIfNeeded: length)
                    base.storeLittle(moved, at: new.ends + (end + 1) * 2)
                }
                base.storeLittle(UInt16(truncatingIfNeeded: old.before + length), at: new.ends + index * 2)
                base.move(old.ends, to: new.ends, count: index * 2)
            }
            let place = Self.headerBytes + index * 4
            base.move(place, to: place + 4, count: (old.count - index) * 4)
            base.storeLittle(value, at: place)
            copyBytes(start + old.prefixCount, to: base + new.suffixes + old.before, count: length)
            base.storeLittle(UInt16(truncatingIfNeeded: new.count), at: 0)
        }
        return true
    }

    /// Removes an entry where it stands.
    ///
    /// - Precondition: there is another one.
    mutating func remove(_ index: Int) {
        let (old, length) = withView { (Layout($0, at: index), $0.suffix(index).count) }
        let removed = 4 + old.endBytes + length
        bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            let new = Layout(count: old.count - 1, old, size: old.size - removed)
            // From the beginning on, each part to a lower place.
            let place = Self.headerBytes + index * 4
            base.move(place + 4, to: place, count: (old.count - index - 1) * 4)
            if old.endBytes > 0 {
                base.move(old.ends, to: new.ends, count: index * 2)
                for end in index + 1..<old.count {
                    let moved = base.end(old, end) - UInt16(truncatingIfNeeded: length)
                    base.storeLittle(moved, at: new.ends + (end - 1) * 2)
                }
            }
            base.move(old.prefix, to: new.prefix, count: old.prefixCount)
            base.move(old.suffixes, to: new.suffixes, count: old.before)
            let behind = old.suffixes + old.before + length
            base.move(behind, to: new.suffixes + old.before, count: old.size - behind)
            base.storeLittle(UInt16(truncatingIfNeeded: new.count), at: 0)
        }
        bytes.removeLast(removed)
        // Entries that go give their memory back, though not each by itself.
        if bytes.capacity > 2 * bytes.count + Self.slackBytes { bytes = bytes.withUnsafeBytes { Array($0) } }
    }

    /// A chunk that grows has a little room for more; one that was packed at once has none.
    private static let slackBytes = 256

    private mutating func makeRoom(for size: Int) {
        if bytes.capacity < size { bytes.reserveCapacity(min(size + Self.slackBytes, max(size, Self.bytesMax))) }
    }

    /// The chunk with another value of an entry.
    func replacing(_ index: Int, by value: UInt32) -> PackedChunk {
        var bytes = bytes
        for byte in 0..<4 {
            bytes[Self.headerBytes + index * 4 + byte] = UInt8(truncatingIfNeeded: value >> UInt32(byte * 8))
        }
        return PackedChunk(trusted: bytes)
    }
}

extension PackedChunk.View {
    /// Where a suffix begins, counted from the first; for the number behind the last, where they all end.
    fileprivate func offset(ofSuffix index: Int) -> Int {
        guard form == .ends else { return index * width }
        return index == 0
            ? 0 : Int(base.loadLittle(UInt16.self, at: PackedChunk.headerBytes + count * 4 + index * 2 - 2))
    }
}

/// Where the parts of a chunk lie, and what stands before the suffix of one entry.
private struct Layout {
    let count: Int
    let size: Int
    let ends: Int
    let prefix: Int
    let prefixCount: Int
    let suffixes: Int
    /// 2 in the form with ends, otherwise 0.
    let endBytes: Int
    /// How many bytes of suffixes stand before the entry.
    let before: Int

    init(_ view: PackedChunk.View, at index: Int) {
        count = view.count
        size = view.size
        endBytes = view.form == .ends ? 2 : 0
        ends = PackedChunk.headerBytes + view.count * 4
        prefix = ends + view.count * endBytes
        prefixCount = view.prefixCount
        suffixes = prefix + prefixCount
        before = view.offset(ofSuffix: index)
    }

    /// Nil when the key does not have the prefix, or the length of the others.
    init?(_ view: PackedChunk.View, fitting key: UnsafeRawBufferPointer, at index: Int) {
        let length = key.count - view.prefixCount
        guard length >= 0, view.form == .ends || length == view.width,
            order(
                UnsafeRawBufferPointer(rebasing: key[..<view.prefixCount]),
                UnsafeRawBufferPointer(start: view.prefix, count: view.prefixCount)
            ) == 0
        else { return nil }
        self.init(view, at: index)
    }

    /// The same chunk with another number of entries.
    init(count: Int, _ other: Layout, size: Int) {
        self.count = count
        self.size = size
        endBytes = other.endBytes
        ends = PackedChunk.headerBytes + count * 4
        prefix = ends + count * endBytes
        prefixCount = other.prefixCount
        suffixes = prefix + prefixCount
        before = other.before
    }
}

extension UnsafeMutableRawPointer {
    /// Moves bytes to another place, which may overlap the first.
    fileprivate func move(_ source: Int, to target: Int, count: Int) {
        if count > 0 { (self + target).copyMemory(from: self + source, byteCount: count) }
    }

    /// Where the suffix of an entry ends, in the form with ends.
    fileprivate func end(_ layout: Layout, _ index: Int) -> UInt16 {
        UnsafeRawPointer(self).loadLittle(UInt16.self, at: layout.ends + index * 2)
    }
}
