/// The canonical text of a UUID (RFC 9562, section 4: 36 bytes, lower-case digits) and its 16 bytes. Both have the same order.
enum UUIDText {
    static let textCount = 36
    static let packedCount = 16

    /// Writes the 16 bytes of a text of 36; false when the text is not canonical, and then part of the target is written.
    @inline(__always)
    static func pack(_ text: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>) -> Bool {
        let dash = UInt8(ascii: "-")
        guard text[8] == dash, text[13] == dash, text[18] == dash, text[23] == dash else { return false }
        var wrong: UInt8 = 0
        var position = 0
        for index in 0..<packedCount {
            if index == 4 || index == 6 || index == 8 || index == 10 { position += 1 }
            let high = digit(text[position])
            let low = digit(text[position + 1])
            wrong |= high | low
            target[index] = high << 4 | low & 0xF
            position += 2
        }
        return wrong & 0xF0 == 0
    }

    /// Writes the text of 36 bytes of a packed UUID.
    @inline(__always)
    static func unpack(_ packed: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>) {
        var position = 0
        for index in 0..<packedCount {
            if index == 4 || index == 6 || index == 8 || index == 10 {
                target[position] = UInt8(ascii: "-")
                position += 1
            }
            target[position] = character(packed[index] >> 4)
            target[position + 1] = character(packed[index] & 0xF)
            position += 2
        }
    }

    /// The value of a lower-case hexadecimal digit; above 15 for anything else.
    @inline(__always)
    private static func digit(_ character: UInt8) -> UInt8 {
        let decimal = character &- UInt8(ascii: "0")
        if decimal < 10 { return decimal }
        let letter = character &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : 0xFF
    }

    @inline(__always)
    private static func character(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
    }
}
