/// The header that a proxy sends ahead of a connection's own bytes, as HAProxy's PROXY protocol has it, versions 1 and 2
/// (proxy-protocol.txt of HAProxy, 2020/03/05).
struct ProxyHeader: Equatable {
    /// The bytes it takes.
    var length: Int
    /// Whom the proxy got the connection from; nil when it speaks for itself or does not know (`LOCAL`, `UNKNOWN`), or when that
    /// one has no address of the internet.
    var source: IPAddress?
    /// Whether the proxy has ended TLS (version 2 alone tells).
    var isSecure = false

    /// What the first bytes of a connection are.
    enum Reading: Equatable {
        case complete(ProxyHeader)
        /// All that is there fits, but there must be more.
        case incomplete
        case invalid(String)
    }

    /// Bytes of a header with all that version 2 may add to it; more are refused.
    static let bytesMax = 4096
    /// Bytes of a header of version 1 with its line end.
    private static let textBytesMax = 107
    /// What is wrong when the rest does not come.
    static let cutShort = "its PROXY header is not complete"
    private static let textStart = Array("PROXY ".utf8)
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    /// Reads a header at the beginning of some bytes.
    static func read(_ bytes: [UInt8]) -> Reading {
        if bytes.starts(with: signature) { return readBinary(bytes) }
        if bytes.starts(with: textStart) { return readText(bytes) }
        if signature.starts(with: bytes) || textStart.starts(with: bytes) { return .incomplete }
        return .invalid("it does not begin with a PROXY header")
    }

    // MARK: Version 1

    private static func readText(_ bytes: [UInt8]) -> Reading {
        let head = bytes.prefix(textBytesMax)
        guard let end = head.firstRange(of: [0x0D, 0x0A]) else {
            return bytes.count < textBytesMax ? .incomplete : .invalid("its PROXY line has no end within 107 bytes")
        }
        let line = String(decoding: head[..<end.lowerBound], as: UTF8.self)
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        var header = ProxyHeader(length: end.upperBound)
        if words.count > 1, words[1] == "UNKNOWN" { return .complete(header) }
        guard words.count == 6, words[1] == "TCP4" || words[1] == "TCP6", isPort(words[4]), isPort(words[5]),
            let source = address(words[2], isIPv6: words[1] == "TCP6"),
            address(words[3], isIPv6: words[1] == "TCP6") != nil
        else { return .invalid("its PROXY line is malformed") }
        header.source = source
        return .complete(header)
    }

    private static func address(_ word: Substring, isIPv6: Bool) -> IPAddress? {
        word.contains(":") == isIPv6 ? IPAddress(word) : nil
    }

    private static func isPort(_ word: Substring) -> Bool {
        (1...5).contains(word.utf8.count) && word.utf8.allSatisfy(ByteClass.isDigit)
            && (word == "0" || word.first != "0")
            && (Int(word) ?? .max) <= 65_535
    }

    // MARK: Version 2

    private static func readBinary(_ bytes: [UInt8]) -> Reading {
        let fixed = 16
        guard bytes.count >= fixed else { return .incomplete }
        let length = fixed + (Int(bytes[14]) << 8 | Int(bytes[15]))
        guard length <= bytesMax else { return .invalid("its PROXY header has \(length) bytes, more than \(bytesMax)") }
        guard bytes[12] == 0x20 || bytes[12] == 0x21 else {
            return .invalid("its PROXY header has an unknown version or command")
        }
        guard bytes.count >= length else { return .incomplete }
        var header = ProxyHeader(length: length)
        guard bytes[12] == 0x21 else { return .complete(header) }
        let body = bytes[fixed..<length]
        let addressBytes: Int
        switch bytes[13] {
        case 0x00: return .complete(header)
        case 0x11: addressBytes = 12
        case 0x21: addressBytes = 36
        case 0x31: addressBytes = 216
        default: return .invalid("its PROXY header names a family or protocol that no stream has")
        }
        guard body.count >= addressBytes else { return .invalid("its PROXY header is too short for its addresses") }
        if bytes[13] != 0x31 { header.source = IPAddress(networkBytes: body.prefix(bytes[13] == 0x11 ? 4 : 16)) }
        guard let isSecure = readAdditions(body.dropFirst(addressBytes)) else {
            return .invalid("its PROXY header has an addition that is longer than the header")
        }
        header.isSecure = isSecure
        return .complete(header)
    }

    /// Whether one of the additions (type, length, value) says that the client came by TLS; nil when they are malformed.
    private static func readAdditions(_ bytes: ArraySlice<UInt8>) -> Bool? {
        let tlsType: UInt8 = 0x20
        var rest = bytes
        var isSecure = false
        while let type = rest.popFirst() {
            guard let high = rest.popFirst(), let low = rest.popFirst() else { return nil }
            let length = Int(high) << 8 | Int(low)
            guard rest.count >= length else { return nil }
            // The first bit of the first byte: the client connected by TLS.
            if type == tlsType, let flags = rest.prefix(length).first { isSecure = flags & 0x01 != 0 }
            rest = rest.dropFirst(length)
        }
        return isSecure
    }
}
