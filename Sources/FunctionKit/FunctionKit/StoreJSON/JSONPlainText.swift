/// Looks for the bytes of a JSON string that do not stand for themselves, eight at a time.
///
/// A byte below n has its highest bit set once n was taken from it, if it had not before. A borrow reaches only bytes behind such
/// a one, and so the lowest bit that is found is always right.
enum JSONPlainText {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highestBits: UInt64 = 0x8080_8080_8080_8080

    /// Where the first quote, backslash, control character or byte beyond ASCII stands, from `start` on; or where fewer than
    /// eight bytes before `end` are left without one.
    @inline(__always)
    static func endOfASCII(_ text: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
        var place = start
        while place &+ 8 <= end {
            let word = load(text, place)
            let marks = (special(word) | word) & highestBits
            if marks != 0 { return place &+ marks.trailingZeroBitCount >> 3 }
            place &+= 8
        }
        return place
    }

    /// Where the first quote, backslash or control character stands, from `start` on; or where fewer than eight bytes before
    /// `end` are left without one.
    @inline(__always)
    static func endOfUnescaped(_ text: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
        var place = start
        while place &+ 8 <= end {
            let word = load(text, place)
            // A byte beyond ASCII has its highest bit before anything is taken from it.
            let marks = special(word) & ~word & highestBits
            if marks != 0 { return place &+ marks.trailingZeroBitCount >> 3 }
            place &+= 8
        }
        return place
    }

    /// Where the first quote, backslash or control character stands, from `start` on, or the end.
    @inline(__always)
    static func endOfPlain(_ text: UnsafeRawBufferPointer, from start: Int = 0) -> Int {
        var place = endOfUnescaped(text, from: start, to: text.count)
        while place < text.count, !mustEscape(text[place]) { place &+= 1 }
        return place
    }

    /// Whether a text can stand in a JSON string as it is.
    @inline(__always)
    static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let bytes = UnsafeRawBufferPointer(text)
        guard bytes.count >= 8 else { return isShortPlain(bytes) }
        // The last eight bytes overlap what is left without them.
        return endOfUnescaped(bytes, from: 0, to: bytes.count) &+ 8 > bytes.count
            && !hasSpecial(load(bytes, bytes.count &- 8))
    }

    /// Whether a text of less than eight bytes is plain: read as at most two or three numbers, which may overlap.
    @inline(__always)
    private static func isShortPlain(_ text: UnsafeRawBufferPointer) -> Bool {
        let count = text.count
        if count >= 4 {
            let first = text.loadUnaligned(fromByteOffset: 0, as: UInt32.self)
            let last = text.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            return !hasSpecial(UInt64(first) << 32 | UInt64(last))
        }
        guard count > 0 else { return true }
        return !(mustEscape(text[0]) || mustEscape(text[count >> 1]) || mustEscape(text[count &- 1]))
    }

    /// Whether one of eight bytes is a quote, a backslash or a control character.
    @inline(__always)
    private static func hasSpecial(_ word: UInt64) -> Bool { special(word) & ~word & highestBits != 0 }

    /// Whether a byte cannot stand in a JSON string.
    @inline(__always)
    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    @inline(__always)
    private static func load(_ text: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
        UInt64(littleEndian: text.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    /// The highest bit of each byte that is a quote, a backslash or a control character, and other bits.
    @inline(__always)
    private static func special(_ word: UInt64) -> UInt64 {
        let quotes = word ^ ones &* UInt64(UInt8(ascii: "\""))
        let backslashes = word ^ ones &* UInt64(UInt8(ascii: "\\"))
        return (word &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones)
    }
}
