internal import Glibc

extension UnsafeRawPointer {
    /// A little-endian number that may lie at any address.
    @inline(__always)
    func loadLittle<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at offset: Int) -> Number {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}

extension UnsafeMutableRawPointer {
    /// Stores a little-endian number at any address.
    @inline(__always)
    func storeLittle<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, at offset: Int) {
        storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }
}

@inline(__always)
func copyBytes(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int) {
    memcpy(target, source, count)
}

/// Below zero when `left` comes before `right` in the order of their bytes, zero when they are equal.
@inline(__always)
func order(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let common = min(left.count, right.count)
    if common > 0, let leftStart = left.baseAddress, let rightStart = right.baseAddress {
        let result = memcmp(leftStart, rightStart, common)
        if result != 0 { return Int(result) }
    }
    return left.count - right.count
}

/// How many bytes two texts have in common at their beginning.
func commonPrefixCount(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let common = min(left.count, right.count)
    var count = 0
    while count < common, left[count] == right[count] { count += 1 }
    return count
}
