/// Appends a text as a JSON string, quotes included (RFC 8259, section 7).
public func appendJSONString(_ text: String, to bytes: inout [UInt8]) {
    var text = text
    text.withUTF8 { appendJSONString($0, to: &bytes) }
}

/// Appends UTF-8 as a JSON string.
func appendJSONString(_ utf8: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    // What needs no escape is copied in one piece.
    let text = UnsafeRawBufferPointer(utf8)
    var start = 0
    var position = 0
    while true {
        position = JSONPlainText.endOfPlain(text, from: position)
        bytes.append(contentsOf: utf8[start..<position])
        guard position < text.count else { break }
        appendEscaped(text[position], to: &bytes)
        position += 1
        start = position
    }
    bytes.append(UInt8(ascii: "\""))
}

private func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: return bytes.append(UInt8(ascii: "b"))
    case 0x09: return bytes.append(UInt8(ascii: "t"))
    case 0x0A: return bytes.append(UInt8(ascii: "n"))
    case 0x0C: return bytes.append(UInt8(ascii: "f"))
    case 0x0D: return bytes.append(UInt8(ascii: "r"))
    case 0x20...: return bytes.append(byte)
    default: break
    }
    let digits = StaticString("0123456789abcdef").utf8Start
    bytes.append(contentsOf: "u00".utf8)
    bytes.append(digits[Int(byte >> 4)])
    bytes.append(digits[Int(byte & 0xF)])
}

/// True for the four bytes that JSON allows between tokens.
func isJSONWhitespace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
}
