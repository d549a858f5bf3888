import CLinux
import FunctionKit
import Glibc

/// The rule for `Host` (RFC 9110, section 7.2): a name, an IPv4 address or a bracketed IPv6 address, and maybe a port.
enum HostField {
    static func isValid(_ bytes: Span<UInt8>, _ value: Range<Int>) -> Bool {
        guard let first = value.first else { return false }
        let nameEnd: Int
        if bytes[first] == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]"), in: value),
                isIPv6Address(bytes, first + 1..<bracket)
            else { return false }
            nameEnd = bracket + 1
        } else {
            nameEnd = bytes.firstIndex(of: UInt8(ascii: ":"), in: value) ?? value.upperBound
            guard nameEnd > first else { return false }
            guard isRegisteredName(bytes, first..<nameEnd) else { return false }
        }
        guard nameEnd < value.upperBound else { return true }
        return bytes[nameEnd] == UInt8(ascii: ":") && isPort(bytes, nameEnd + 1..<value.upperBound)
    }

    /// A name whose escapes are whole.
    private static func isRegisteredName(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard bytes.allSatisfy(range, ByteClass.isHostName) else { return false }
        var rest = range
        while let mark = bytes.firstIndex(of: UInt8(ascii: "%"), in: rest) {
            guard mark + 2 < range.upperBound, ByteClass.isHexDigit(bytes[mark + 1]),
                ByteClass.isHexDigit(bytes[mark + 2])
            else { return false }
            rest = mark + 1..<range.upperBound
        }
        return true
    }

    /// As the system reads it; without a zone, which means nothing to another machine.
    private static func isIPv6Address(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count < Int(INET6_ADDRSTRLEN) else { return false }
        for index in range where bytes[index] == 0 { return false }
        var address = in6_addr()
        return inet_pton(AF_INET6, bytes.text(range), &address) == 1
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
