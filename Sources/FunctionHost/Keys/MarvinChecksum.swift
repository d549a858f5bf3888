/// Microsoft's Marvin32 hash (`marvin32.c` of SymCrypt), which Azure puts into generated keys as a checksum.
///
/// It tells a key from any other text of that shape, for scanners that look for leaked secrets; it protects nothing.
enum MarvinChecksum {
    /// The 64-bit hash of a message.
    static func hash64(_ bytes: some RandomAccessCollection<UInt8>, seed: UInt64) -> UInt64 {
        var state = State(low: UInt32(truncatingIfNeeded: seed), high: UInt32(seed >> 32))
        var rest = bytes[...]
        while rest.count >= 4 {
            state.mix(word(rest.prefix(4)))
            rest = rest.dropFirst(4)
        }
        // What is left over, with a mark behind its last byte.
        state.mix(word(rest) | 0x80 << UInt32(8 * rest.count))
        state.mix(0)
        return UInt64(state.high) << 32 | UInt64(state.low)
    }

    /// The hash folded to 32 bits.
    static func hash32(_ bytes: some RandomAccessCollection<UInt8>, seed: UInt64) -> UInt32 {
        let hash = hash64(bytes, seed: seed)
        return UInt32(truncatingIfNeeded: hash >> 32) ^ UInt32(truncatingIfNeeded: hash)
    }

    /// Up to four bytes as a number, the first one the lowest.
    private static func word(_ bytes: some Collection<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private struct State {
        var low: UInt32
        var high: UInt32

        mutating func mix(_ word: UInt32) {
            low &+= word
            high ^= low
            low = rotated(low, 20) &+ high
            high = rotated(high, 9) ^ low
            low = rotated(low, 27) &+ high
            high = rotated(high, 19)
        }

        private func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 { value << count | value >> (32 - count) }
    }
}
