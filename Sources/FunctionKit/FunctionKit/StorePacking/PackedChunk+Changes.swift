extension PackedChunk {
    /// The chunk with one more entry, copied piece by piece; nil when the key does not fit its form and prefix, and the chunk
    /// has to be packed anew.
    func inserting(_ key: UnsafeRawBufferPointer, _ value: UInt32, at index: Int) -> PackedChunk? {
        withView { view in
            guard view.form == .uuids else { return inserting(stored: key, value, at: index, view) }
            guard key.count == view.headCount + UUIDText.textCount, let start = key.baseAddress else { return nil }
            let head = view.headCount
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: head + UUIDText.packedCount) { buffer in
                let target = buffer.baseAddress.unsafelyUnwrapped
                copyBytes(start, to: target, count: head)
                let tail = start.assumingMemoryBound(to: UInt8.self) + head
                guard UUIDText.pack(tail, to: target + head) else { return nil }
                let stored = UnsafeRawBufferPointer(start: target, count: head + UUIDText.packedCount)
                return inserting(stored: stored, value, at: index, view)
            }
        }
    }

    private func inserting(
        stored key: UnsafeRawBufferPointer,
        _ value: UInt32,
        at index: Int,
        _ view: View
    ) -> PackedChunk? {
        let length = key.count - view.prefixCount
        guard length >= 0, view.form == .ends || length == view.width,
            let start = key.baseAddress,
            order(
                UnsafeRawBufferPointer(start: start, count: view.prefixCount),
                UnsafeRawBufferPointer(start: view.prefix, count: view.prefixCount)
            ) == 0
        else { return nil }
        let size = view.size + 4 + (view.form == .ends ? 2 : 0) + length
        return PackedChunk(
            trusted: [UInt8](unsafeUninitializedCapacity: size) { target, written in
                let base = UnsafeMutableRawPointer(target.baseAddress.unsafelyUnwrapped)
                Self.writeHeader(base, view.count + 1, view.form, view.prefixCount, view.width)
                var writer = PieceWriter(base + Self.headerBytes)
                writer.copy(view.base + Self.headerBytes, index * 4)
                writer.place.storeLittle(value, at: 0)
                writer.place += 4
                writer.copy(view.base + Self.headerBytes + index * 4, (view.count - index) * 4)
                let before = view.offset(ofSuffix: index)
                if view.form == .ends {
                    let ends = view.base + Self.headerBytes + view.count * 4
                    writer.copy(ends, index * 2)
                    writer.place.storeLittle(UInt16(truncatingIfNeeded: before + length), at: 0)
                    writer.place += 2
                    writer.copyEnds(ends + index * 2, view.count - index, adding: length)
                }
                writer.copy(view.prefix, view.prefixCount)
                writer.copy(view.suffixes, before)
                writer.copy(start + view.prefixCount, length)
                writer.copy(view.suffixes + before, view.offset(ofSuffix: view.count) - before)
                written = size
            }
        )
    }

    /// The chunk without an entry.
    ///
    /// - Precondition: it has another one.
    func removing(_ index: Int) -> PackedChunk {
        withView { view in
            let length = view.suffix(index).count
            let size = view.size - 4 - (view.form == .ends ? 2 : 0) - length
            return PackedChunk(
                trusted: [UInt8](unsafeUninitializedCapacity: size) { target, written in
                    let base = UnsafeMutableRawPointer(target.baseAddress.unsafelyUnwrapped)
                    Self.writeHeader(base, view.count - 1, view.form, view.prefixCount, view.width)
                    var writer = PieceWriter(base + Self.headerBytes)
                    let values = view.base + Self.headerBytes
                    let rest = view.count - index - 1
                    writer.copy(values, index * 4)
                    writer.copy(values + (index + 1) * 4, rest * 4)
                    if view.form == .ends {
                        let ends = values + view.count * 4
                        writer.copy(ends, index * 2)
                        writer.copyEnds(ends + (index + 1) * 2, rest, adding: -length)
                    }
                    writer.copy(view.prefix, view.prefixCount)
                    let before = view.offset(ofSuffix: index)
                    writer.copy(view.suffixes, before)
                    let behind = before + length
                    writer.copy(view.suffixes + behind, view.offset(ofSuffix: view.count) - behind)
                    written = size
                }
            )
        }
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

/// Writes pieces one behind another into memory that was made large enough for all of them.
private struct PieceWriter {
    var place: UnsafeMutableRawPointer

    init(_ place: UnsafeMutableRawPointer) { self.place = place }

    mutating func copy(_ source: UnsafeRawPointer, _ count: Int) {
        copyBytes(source, to: place, count: count)
        place += count
    }

    mutating func copyEnds(_ source: UnsafeRawPointer, _ count: Int, adding difference: Int) {
        for index in 0..<count {
            let end = Int(source.loadLittle(UInt16.self, at: index * 2)) + difference
            place.storeLittle(UInt16(truncatingIfNeeded: end), at: index * 2)
        }
        place += count * 2
    }
}
