/// What is known of the names of one object without keeping them: which may be there already.
struct NameMarks {
    private(set) var count = 0
    /// A bit for each kind of name; names that share one may be the same.
    private var seen: UInt64 = 0

    /// Adds a name; false when it is certainly none that was added before.
    @inline(__always)
    mutating func mayRepeat(_ name: UnsafeRawBufferPointer) -> Bool {
        count &+= 1
        let bit = UInt64(1) &<< Self.mark(name)
        defer { seen |= bit }
        return seen & bit != 0
    }

    /// A number below 64 that equal names share.
    @inline(__always)
    private static func mark(_ name: UnsafeRawBufferPointer) -> UInt64 {
        guard let last = name.last else { return 0 }
        let middle = name[name.count >> 1]
        let sum =
            UInt64(name.count) &* 0x9E37 &+ UInt64(name[0]) &* 0x85EB &+ UInt64(last) &* 0xC2B3 &+ UInt64(middle)
            &* 0x27D5
        return (sum &* 0x9E37_79B9_7F4A_7C15) >> 58
    }
}
