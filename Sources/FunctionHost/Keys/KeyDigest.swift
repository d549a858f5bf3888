import Crypto

/// What stands for a key's value where keys are compared: its SHA-256.
///
/// Digests have one length and no branch tells how far two agree, so the time of a comparison tells neither a key's length
/// nor any of its characters.
struct KeyDigest: Sendable, Hashable {
    private let words: SIMD4<UInt64>

    init(_ value: String) {
        var words = SIMD4<UInt64>.zero
        for (index, byte) in sha256(value.utf8).enumerated() {
            words[index >> 3] = words[index >> 3] << 8 | UInt64(byte)
        }
        self.words = words
    }

    /// All bits when the two are equal, none otherwise.
    func mask(equalTo other: KeyDigest) -> UInt64 {
        let difference = words ^ other.words
        let folded = difference[0] | difference[1] | difference[2] | difference[3]
        // The top bit is set in a number or in its negative, unless it is zero.
        return ((folded | (0 &- folded)) >> 63) &- 1
    }
}
