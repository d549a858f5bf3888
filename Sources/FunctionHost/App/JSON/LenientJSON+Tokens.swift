import FunctionKit

extension LenientJSONReader {
    /// Passes white space and comments.
    mutating func skipBlanks() throws(LenientJSONError) {
        while let byte = current {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): index += 1
            case UInt8(ascii: "\n"): passNewline()
            case UInt8(ascii: "/"): try skipComment()
            default: return
            }
        }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// `true`, `false` or `null`.
    mutating func word() throws(LenientJSONError) -> JSONValue.Content {
        let start = index
        while let byte = current, isNameByte(byte) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        default:
            index = start
            throw failure("expected a value, found \(describeCurrent())")
        }
    }

    /// A number as RFC 8259, section 6, spells it.
    mutating func number() throws(LenientJSONError) -> String {
        let start = index
        _ = take("-")
        let firstDigit = index
        var isValid = skipDigits()
        if bytes[firstDigit...].first == UInt8(ascii: "0"), index - firstDigit > 1 { isValid = false }
        if take(".") { isValid = skipDigits() && isValid }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            isValid = skipDigits() && isValid
        }
        guard isValid, current.map(isNameByte) != true else {
            index = start
            throw failure("malformed number")
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// A string in double or single quotes.
    mutating func string() throws(LenientJSONError) -> String {
        let quote = bytes[index]
        let start = self
        index += 1
        var text: [UInt8] = []
        while let byte = current {
            switch byte {
            case quote:
                index += 1
                guard let result = String(validating: text, as: UTF8.self) else {
                    throw start.failure("the string is not valid UTF-8")
                }
                return result
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20 where byte != UInt8(ascii: "\t"): throw failure("control character in a string")
            default:
                text.append(byte)
                index += 1
            }
        }
        throw start.failure("the string has no closing quote")
    }

    /// What stands at the current place, for a message.
    func describeCurrent() -> String {
        guard let byte = current else { return "the end of the file" }
        guard (0x21..<0x7F).contains(byte) else {
            let digits = String(byte, radix: 16, uppercase: true)
            return "byte 0x\(digits.count < 2 ? "0" : "")\(digits)"
        }
        return "'\(Unicode.Scalar(byte))'"
    }

    /// True for a byte of an unquoted name or a keyword.
    func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"):
            true
        default: false
        }
    }

    private mutating func passNewline() {
        index += 1
        line += 1
        lineStart = index
    }

    private mutating func skipDigits() -> Bool {
        let start = index
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        return index > start
    }

    private mutating func skipComment() throws(LenientJSONError) {
        let start = self
        index += 1
        if take("/") {
            while let byte = current, byte != UInt8(ascii: "\n") { index += 1 }
        } else if take("*") {
            while let byte = current {
                if byte == UInt8(ascii: "\n") {
                    passNewline()
                } else {
                    index += 1
                    if byte == UInt8(ascii: "*"), take("/") { return }
                }
            }
            throw start.failure("the comment has no end")
        } else {
            throw start.failure("unexpected '/'")
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(LenientJSONError) {
        index += 1
        guard let byte = current else { return }
        let plain: UInt8? =
            switch byte {
            case UInt8(ascii: "b"): 0x08
            case UInt8(ascii: "f"): 0x0C
            case UInt8(ascii: "n"): 0x0A
            case UInt8(ascii: "r"): 0x0D
            case UInt8(ascii: "t"): 0x09
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
            default: nil
            }
        if let plain {
            text.append(plain)
            index += 1
        } else if byte == UInt8(ascii: "u") {
            index += 1
            text.append(contentsOf: String(try escapedScalar()).utf8)
        } else {
            throw failure("unknown escape \(describeCurrent())")
        }
    }

    /// The scalar of `\uXXXX`, joining a surrogate pair; a lone surrogate becomes U+FFFD.
    private mutating func escapedScalar() throws(LenientJSONError) -> Character {
        let first = try hexQuad()
        if (0xD800..<0xDC00).contains(first), bytes[index...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
            let retreat = index
            index += 2
            let second = try hexQuad()
            if (0xDC00..<0xE000).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return Character(scalar)
            }
            index = retreat
        }
        return Character(Unicode.Scalar(first) ?? "\u{FFFD}")
    }

    private mutating func hexQuad() throws(LenientJSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = current.flatMap(hexDigitValue) else {
                throw failure("'\\u' needs four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }
}
