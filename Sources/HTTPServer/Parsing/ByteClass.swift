import FunctionKit

/// The character classes of HTTP's grammar (RFC 9110, section 5.6; RFC 3986).
enum ByteClass {
    /// `tchar`: what a method and a field name are made of.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        // One bit for each of the characters 0 to 63 and 64 to 127: letters, digits and !#$%&'*+-.^_`|~
        let bits: UInt64 = byte < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return byte < 128 && bits >> UInt64(byte & 63) & 1 == 1
    }

    /// What a field value may hold: visible ASCII, space, tab and bytes above ASCII.
    @inline(__always)
    static func isFieldValue(_ byte: UInt8) -> Bool { (byte >= 0x20 && byte != 0x7F) || byte == 0x09 }

    /// What a request target may hold: visible ASCII but `#`, which begins a fragment that is never sent.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#") }

    /// What a registered name of a host may hold (RFC 3986, section 3.2.2); `%` begins an escape.
    @inline(__always)
    static func isHostName(_ byte: UInt8) -> Bool {
        // As above: letters, digits and !$%&'()*+,-.;=_~
        let bits: UInt64 = byte < 64 ? 0x2BFF_7FF2_0000_0000 : 0x47FF_FFFE_87FF_FFFE
        return byte < 128 && bits >> UInt64(byte & 63) & 1 == 1
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

let carriageReturn = UInt8(ascii: "\r")
let lineFeed = UInt8(ascii: "\n")

extension Span<UInt8> {
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }

    /// Whether the bytes of a range may stand in a field value. Cookies are long, so they are looked at eight at a time.
    func isFieldValue(_ range: Range<Int>) -> Bool {
        allWords(range, ByteClass.isFieldValue) { word in
            let deletes = word ^ (Self.ones &* 0x7F)
            return ((word &- Self.ones &* 0x20) & ~word) | ((deletes &- Self.ones) & ~deletes)
        }
    }

    /// Whether the bytes of a range may stand in a request target.
    func isTarget(_ range: Range<Int>) -> Bool {
        allWords(range, ByteClass.isTarget) { word in
            let deletes = word ^ (Self.ones &* 0x7F)
            let fragments = word ^ (Self.ones &* UInt64(UInt8(ascii: "#")))
            return word | (word &- Self.ones &* 0x21) | (deletes &- Self.ones) | (fragments &- Self.ones)
        }
    }

    /// Whether every byte of a range satisfies a rule.
    ///
    /// - Parameter suspects: takes eight bytes and sets the highest bit of each that does not satisfy the rule; others may be set, too, and
    ///   then the rule decides.
    @inline(__always)
    private func allWords(_ range: Range<Int>, _ rule: (UInt8) -> Bool, suspects: (UInt64) -> UInt64) -> Bool {
        var index = range.lowerBound
        while index + 8 <= range.upperBound {
            // Any eight bytes are a number, and the place is checked.
            let word = bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            if suspects(word) & (Self.ones &* 0x80) != 0, !allSatisfy(index..<index + 8, rule) { return false }
            index += 8
        }
        return allSatisfy(index..<range.upperBound, rule)
    }
}
