/// A JSON string between its quotes, as it stands in the text.
struct JSONStringToken {
    /// The bytes between the quotes.
    var range: Range<Int>
    /// True when a backslash stands among them.
    var hasEscapes: Bool
}

extension JSONScanner {
    /// Reads a string from its first quote to its last and checks its UTF-8 and its escapes.
    mutating func scanString() throws(JSONFailure) -> JSONStringToken {
        position += 1
        let start = position
        var hasEscapes = false
        while true {
            skipPlainText()
            guard position < end else { break }
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return JSONStringToken(range: start..<position - 1, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try scanEscape()
            case 0..<0x20: throw failure("a control character in a string")
            case 0..<0x80: position += 1
            default: try scanMultibyte(byte)
            }
        }
        throw failure("an end inside a string")
    }

    /// Steps over characters of ASCII that stand for themselves, up to another one or the last seven bytes.
    @inline(__always)
    private mutating func skipPlainText() {
        let (first, start, end) = (bytes.startIndex, position, end)
        position = bytes.withUnsafeBytes {
            first &+ JSONPlainText.endOfASCII($0, from: start &- first, to: end &- first)
        }
    }

    /// One UTF-8 sequence of two to four bytes (RFC 3629, section 4: no overlong form, no surrogate, up to U+10FFFF).
    private mutating func scanMultibyte(_ first: UInt8) throws(JSONFailure) {
        let second: ClosedRange<UInt8>
        let length: Int
        switch first {
        case 0xC2...0xDF: (second, length) = (0x80...0xBF, 2)
        case 0xE0: (second, length) = (0xA0...0xBF, 3)
        case 0xED: (second, length) = (0x80...0x9F, 3)
        case 0xE1...0xEF: (second, length) = (0x80...0xBF, 3)
        case 0xF0: (second, length) = (0x90...0xBF, 4)
        case 0xF1...0xF3: (second, length) = (0x80...0xBF, 4)
        case 0xF4: (second, length) = (0x80...0x8F, 4)
        default: throw failure("a byte that is not UTF-8")
        }
        guard position + length <= end, second.contains(bytes[position + 1]),
            bytes[position + 2..<position + length].allSatisfy({ (0x80...0xBF).contains($0) })
        else { throw failure("a byte that is not UTF-8") }
        position += length
    }

    private mutating func scanEscape() throws(JSONFailure) {
        guard position + 1 < end else { throw failure("an end inside a string") }
        switch bytes[position + 1] {
        case UInt8(ascii: "u"):
            guard let unit = hexadecimal(at: position + 2) else { throw failure("a broken \\u escape") }
            if unit & 0xFC00 == 0xD800 {
                guard position + 7 < end, bytes[position + 6] == UInt8(ascii: "\\"),
                    bytes[position + 7] == UInt8(ascii: "u"),
                    let low = hexadecimal(at: position + 8), low & 0xFC00 == 0xDC00
                else { throw failure("half a surrogate pair") }
                position += 12
            } else {
                guard unit & 0xFC00 != 0xDC00 else { throw failure("half a surrogate pair") }
                position += 6
            }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        default: throw failure("an unknown escape in a string")
        }
    }

    private func hexadecimal(at start: Int) -> UInt32? {
        guard start + 4 <= end else { return nil }
        var value: UInt32 = 0
        for byte in bytes[start..<start + 4] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }

    /// The value of a string that ``scanString()`` has checked.
    func string(_ token: JSONStringToken) -> String {
        token.hasEscapes
            ? String(decoding: unescaped(token), as: UTF8.self) : String(decoding: bytes[token.range], as: UTF8.self)
    }

    /// The bytes of a string that ``scanString()`` has checked.
    func unescaped(_ token: JSONStringToken) -> [UInt8] {
        guard token.hasEscapes else { return Array(bytes[token.range]) }
        var result: [UInt8] = []
        result.reserveCapacity(token.range.count)
        var index = token.range.lowerBound
        while index < token.range.upperBound {
            // What stands between two escapes is copied in one piece.
            let rest = bytes[index..<token.range.upperBound]
            let escape = rest.firstIndex(of: UInt8(ascii: "\\")) ?? rest.endIndex
            result.append(contentsOf: rest[..<escape])
            guard escape < rest.endIndex else { break }
            index = escape + appendEscape(at: escape, to: &result)
        }
        return result
    }

    /// Appends what the escape at `index` stands for, and returns its length.
    private func appendEscape(at index: Int, to result: inout [UInt8]) -> Int {
        switch bytes[index + 1] {
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            let unit = hexadecimal(at: index + 2) ?? 0xFFFD
            let isPair = unit & 0xFC00 == 0xD800
            let low = isPair ? hexadecimal(at: index + 8) ?? 0xDC00 : 0
            let scalar = isPair ? 0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF)) : unit
            result.append(contentsOf: String(Character(Unicode.Scalar(scalar) ?? "\u{FFFD}")).utf8)
            return isPair ? 12 : 6
        default: result.append(bytes[index + 1])
        }
        return 2
    }

    /// A number (RFC 8259, section 6): no plus sign, no leading zero, digits on both sides of a point.
    mutating func scanNumber() throws(JSONFailure) -> Range<Int> {
        let start = position
        if peek() == UInt8(ascii: "-") { position += 1 }
        if peek() == UInt8(ascii: "0") { position += 1 } else { try scanDigits() }
        if peek() == UInt8(ascii: ".") {
            position += 1
            try scanDigits()
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            position += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
            try scanDigits()
        }
        return start..<position
    }

    private mutating func scanDigits() throws(JSONFailure) {
        let start = position
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw failure("no JSON value") }
    }

    mutating func scanWord(_ word: StaticString) throws(JSONFailure) {
        let length = word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { word in
            position + length <= end && bytes[position..<position + length].elementsEqual(word)
        }
        guard matches else { throw failure("no JSON value") }
        position += length
    }
}
