/// The rule for `Host` (RFC 9110, section 7.2): a name, an IPv4 address or a bracketed IPv6 address, and maybe a port.
enum HostField {
    static func isValid(_ bytes: Span<UInt8>, _ value: Range<Int>) -> Bool {
        guard let first = value.first else { return false }
        let nameEnd: Int
        if bytes[first] == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]"), in: value), bracket > first + 2 else {
                return false
            }
            for index in first + 1..<bracket where !isAddressLiteral(bytes[index]) { return false }
            nameEnd = bracket + 1
        } else {
            nameEnd = bytes.firstIndex(of: UInt8(ascii: ":"), in: value) ?? value.upperBound
            guard nameEnd > first else { return false }
            for index in first..<nameEnd where !ByteClass.isHostName(bytes[index]) { return false }
        }
        guard nameEnd < value.upperBound else { return true }
        return bytes[nameEnd] == UInt8(ascii: ":") && isPort(bytes, nameEnd + 1..<value.upperBound)
    }

    private static func isAddressLiteral(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: ":"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// An empty port is allowed by the grammar.
    private static func isPort(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count <= 5 else { return false }
        var port = 0
        for index in range {
            guard ByteClass.isDigit(bytes[index]) else { return false }
            port = port * 10 + Int(bytes[index] - UInt8(ascii: "0"))
        }
        return port <= 65_535
    }
}
