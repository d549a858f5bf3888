/// Decodes percent escapes once (RFC 3986, section 2.1). Broken escapes stay as they are; bytes that are not UTF-8 become
/// U+FFFD.
public func percentDecoded(_ bytes: some Collection<UInt8>) -> String {
    // The bytes of a text or an array, which is nearly all that comes, are read without a call for each.
    if let text = bytes.withContiguousStorageIfAvailable(decoded) { return text }
    return Array(bytes).withUnsafeBufferPointer(decoded)
}

private func decoded(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    guard bytes.contains(UInt8(ascii: "%")) else { return String(decoding: bytes, as: UTF8.self) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index != bytes.endIndex {
        let byte = bytes[index]
        let escape = bytes[index...].prefix(3)
        if byte == UInt8(ascii: "%"), escape.count == 3,
            let high = hexDigitValue(escape[escape.index(after: index)]),
            let low = hexDigitValue(escape[escape.index(index, offsetBy: 2)])
        {
            result.append(high << 4 | low)
            index = bytes.index(index, offsetBy: 3)
        } else {
            result.append(byte)
            index = bytes.index(after: index)
        }
    }
    return String(decoding: result, as: UTF8.self)
}

/// Percent-encodes all but the unreserved characters of RFC 3986 (`A-Z a-z 0-9 - . _ ~`).
public func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            result.append(byte)
        default:
            result.append(contentsOf: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]])
        }
    }
    return String(decoding: result, as: UTF8.self)
}

/// The value of a hexadecimal digit; nil for any other byte.
public func hexDigitValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
