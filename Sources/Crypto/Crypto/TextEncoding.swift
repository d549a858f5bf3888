/// Lower-case hexadecimal digits, two for each byte.
public func hexText(_ bytes: some Sequence<UInt8>) -> String {
    var digits: [UInt8] = []
    digits.reserveCapacity(2 * bytes.underestimatedCount)
    for byte in bytes {
        digits.append(hexDigit(byte >> 4))
        digits.append(hexDigit(byte & 0xF))
    }
    return String(decoding: digits, as: UTF8.self)
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}

/// Base64 with the URL-safe alphabet and without padding (RFC 4648, section 5), as JSON Web Tokens use it.
public func base64URLText(_ bytes: some Sequence<UInt8>) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var result: [UInt8] = []
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    for byte in bytes {
        bits = bits << 8 | UInt32(byte)
        bitCount += 8
        while bitCount >= 6 {
            bitCount -= 6
            result.append(alphabet[Int(bits >> bitCount & 0x3F)])
        }
    }
    if bitCount > 0 { result.append(alphabet[Int(bits << (6 - bitCount) & 0x3F)]) }
    return String(decoding: result, as: UTF8.self)
}

/// Decodes URL-safe base64 without padding; nil for any other character, a bad length, or spare bits that are not zero
/// (so that no two texts decode to the same bytes).
public func base64URLBytes(_ text: some StringProtocol) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.underestimatedCount * 3 / 4)
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    for character in text.utf8 {
        let value: UInt32
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): value = 62
        case UInt8(ascii: "_"): value = 63
        default: return nil
        }
        bits = (bits << 6 | value) & 0xFFFF
        bitCount += 6
        guard bitCount >= 8 else { continue }
        bitCount -= 8
        result.append(UInt8(truncatingIfNeeded: bits >> bitCount))
    }
    let spare = bits & (1 << bitCount - 1)
    return bitCount < 6 && spare == 0 ? result : nil
}
