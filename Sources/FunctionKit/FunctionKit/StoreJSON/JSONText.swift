/// Appends a text as a JSON string, quotes included (RFC 8259, section 7).
public func appendJSONString(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
        // What needs no escape is copied in one piece.
        let text = UnsafeRawBufferPointer(utf8)
        var start = 0
        var position = 0
        while true {
            position = JSONPlainText.endOfUnescaped(text, from: position, to: text.count)
            while position < text.count, !mustEscape(text[position]) { position += 1 }
            bytes.append(contentsOf: utf8[start..<position])
            guard position < text.count else { break }
            appendEscaped(text[position], to: &bytes)
            position += 1
            start = position
        }
    }
    bytes.append(UInt8(ascii: "\""))
}

private func mustEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
}

private func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    guard byte < 0x20 else { return bytes.append(byte) }
    let digits = StaticString("0123456789abcdef").utf8Start
    bytes.append(contentsOf: "u00".utf8)
    bytes.append(digits[Int(byte >> 4)])
    bytes.append(digits[Int(byte & 0xF)])
}

/// True for the four bytes that JSON allows between tokens.
func isJSONWhitespace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
}
