extension PackedChunk {
    /// Packs some keys of a list, which are in ascending order, in the smallest form that they allow.
    ///
    /// - Precondition: there is at least one, and each has at most ``keyBytesMax`` bytes.
    static func encode(_ keys: KeyList, _ range: Range<Int>) -> PackedChunk {
        let count = keys.range(range.lowerBound).count
        let haveOneLength = range.allSatisfy { keys.range($0).count == count }
        let values = Array(keys.values[range])
        return keys.bytes.withUnsafeBytes { bytes in
            if haveOneLength, count >= UUIDText.textCount, let packed = packed(bytes, keys, range, count) {
                let width = count - UUIDText.textCount + UUIDText.packedCount
                return packed.withUnsafeBytes { packed in
                    write(.uuids, values) {
                        UnsafeRawBufferPointer(rebasing: packed[$0 * width..<($0 + 1) * width])
                    }
                }
            }
            return write(haveOneLength ? .fixed : .ends, values) {
                UnsafeRawBufferPointer(rebasing: bytes[keys.range(range.lowerBound + $0)])
            }
        }
    }

    /// The keys with their last 36 bytes packed; nil when one does not end with a UUID.
    private static func packed(
        _ bytes: UnsafeRawBufferPointer,
        _ keys: KeyList,
        _ range: Range<Int>,
        _ count: Int
    ) -> [UInt8]? {
        let head = count - UUIDText.textCount
        let width = head + UUIDText.packedCount
        var haveUUIDs = true
        let result = [UInt8](unsafeUninitializedCapacity: range.count * width) { target, written in
            var place = target.baseAddress.unsafelyUnwrapped
            for index in range where haveUUIDs {
                let key = bytes.baseAddress.unsafelyUnwrapped + keys.range(index).lowerBound
                copyBytes(key, to: place, count: head)
                haveUUIDs = UUIDText.pack(key.assumingMemoryBound(to: UInt8.self) + head, to: place + head)
                place += width
            }
            written = haveUUIDs ? range.count * width : 0
        }
        return haveUUIDs ? result : nil
    }

    /// Writes the chunk of some stored keys.
    private static func write(
        _ form: Form,
        _ values: [UInt32],
        _ stored: (Int) -> UnsafeRawBufferPointer
    ) -> PackedChunk {
        let count = values.count
        let prefixCount = commonPrefixCount(stored(0), stored(count - 1))
        var suffixBytes = 0
        for index in 0..<count { suffixBytes += stored(index).count - prefixCount }
        let prefixOffset = headerBytes + count * (form == .ends ? 6 : 4)
        let size = prefixOffset + prefixCount + suffixBytes
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { target, written in
            let base = UnsafeMutableRawPointer(target.baseAddress.unsafelyUnwrapped)
            let width = form == .ends ? 0 : stored(0).count - prefixCount
            writeHeader(base, count, form, prefixCount, width)
            for index in 0..<count { base.storeLittle(values[index], at: headerBytes + index * 4) }
            if prefixCount > 0, let start = stored(0).baseAddress {
                copyBytes(start, to: base + prefixOffset, count: prefixCount)
            }
            var end = 0
            for index in 0..<count {
                let key = stored(index)
                let length = key.count - prefixCount
                if length > 0, let start = key.baseAddress {
                    copyBytes(start + prefixCount, to: base + prefixOffset + prefixCount + end, count: length)
                }
                end += length
                if form == .ends {
                    base.storeLittle(UInt16(truncatingIfNeeded: end), at: headerBytes + count * 4 + index * 2)
                }
            }
            written = size
        }
        return PackedChunk(trusted: bytes)
    }

    static func writeHeader(
        _ base: UnsafeMutableRawPointer,
        _ count: Int,
        _ form: Form,
        _ prefixCount: Int,
        _ width: Int
    ) {
        base.storeLittle(UInt16(truncatingIfNeeded: count), at: 0)
        base.storeLittle(UInt16(form.rawValue), at: 2)
        base.storeLittle(UInt16(truncatingIfNeeded: prefixCount), at: 4)
        base.storeLittle(UInt16(truncatingIfNeeded: width), at: 6)
    }
}
