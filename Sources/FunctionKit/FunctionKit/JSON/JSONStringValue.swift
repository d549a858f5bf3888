/// Reads what stands between the quotes of a JSON string (RFC 8259, section 7).
enum JSONStringValue {
    /// The value of a string.
    ///
    /// - Parameter isPlain: that it has neither escapes nor control characters.
    /// - Throws: ``JSONMalformed`` for broken UTF-8, a control character, an unknown escape, half a surrogate pair.
    static func read(_ text: UnsafeRawBufferPointer, isPlain: Bool) throws(JSONMalformed) -> String {
        if isPlain { return try validated(text.bindMemory(to: UInt8.self)) }
        let unescaped = try unescaped(text)
        return try unescaped.withUnsafeBufferPointer { bytes throws(JSONMalformed) in try validated(bytes) }
    }

    private static func validated(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONMalformed) -> String {
        guard let result = String(validating: bytes, as: UTF8.self) else { throw JSONMalformed() }
        return result
    }

    /// The bytes with what each escape stands for. An escape is whole characters, so the rest is UTF-8 if the result is.
    private static func unescaped(_ text: UnsafeRawBufferPointer) throws(JSONMalformed) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var place = 0
        while place < text.count {
            let byte = text[place]
            guard byte >= 0x20 else { throw JSONMalformed() }
            if byte == UInt8(ascii: "\\") {
                place = try readEscape(text, place + 1, &result)
            } else {
                result.append(byte)
                place += 1
            }
        }
        return result
    }

    /// Appends what the escape stands for whose letter is at `place`, and gives the place behind it.
    private static func readEscape(
        _ text: UnsafeRawBufferPointer,
        _ place: Int,
        _ result: inout [UInt8]
    ) throws(JSONMalformed) -> Int {
        guard place < text.count else { throw JSONMalformed() }
        switch text[place] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(text[place])
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"): return try readCharacter(text, place + 1, &result)
        default: throw JSONMalformed()
        }
        return place + 1
    }

    /// Appends the character of `\u`, of which the digits are at `place`; both halves of a surrogate pair are one.
    private static func readCharacter(
        _ text: UnsafeRawBufferPointer,
        _ place: Int,
        _ result: inout [UInt8]
    ) throws(JSONMalformed) -> Int {
        let unit = try hexadecimal(text, place)
        if unit & 0xFC00 == 0xD800 {
            guard place + 10 <= text.count, text[place + 4] == UInt8(ascii: "\\"), text[place + 5] == UInt8(ascii: "u")
            else { throw JSONMalformed() }
            let low = try hexadecimal(text, place + 6)
            guard low & 0xFC00 == 0xDC00 else { throw JSONMalformed() }
            try append(0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF)), &result)
            return place + 10
        }
        try append(unit, &result)
        return place + 4
    }

    private static func append(_ scalar: UInt32, _ result: inout [UInt8]) throws(JSONMalformed) {
        guard let scalar = Unicode.Scalar(scalar) else { throw JSONMalformed() }
        result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private static func hexadecimal(_ text: UnsafeRawBufferPointer, _ place: Int) throws(JSONMalformed) -> UInt32 {
        guard place + 4 <= text.count else { throw JSONMalformed() }
        var value: UInt32 = 0
        for byte in text[place..<place + 4] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: throw JSONMalformed()
            }
        }
        return value
    }
}
