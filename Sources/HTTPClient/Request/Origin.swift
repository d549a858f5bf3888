import FunctionKit

/// The scheme, host and port of a URL: all of it that may stand in an error.
struct Origin: Sendable, Hashable, CustomStringConvertible {
    let scheme: String
    /// As it stands in the URL, in lower case, an IPv6 address with its brackets.
    let host: String
    let port: Int

    /// True for `https`.
    var isSecure: Bool { scheme == "https" }
    /// `https://psa.example:443`.
    var description: String { "\(scheme)://\(host):\(port)" }

    /// Takes the origin out of an absolute URL (RFC 3986), stricter than libcurl so that the two never disagree.
    init(url: String) throws(HTTPClientError) {
        let url = url.utf8.span
        guard url.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else {
            throw Self.refused("it holds a space, a control character, a backslash or a character outside ASCII")
        }
        guard let (scheme, start) = Self.scheme(of: url) else {
            throw Self.refused("it does not begin with http:// or https://")
        }
        var end = start
        while end < url.count, !Self.endsAuthority(url[end]) { end += 1 }
        guard url.firstIndex(of: UInt8(ascii: "@"), in: start..<end) == nil else {
            throw Self.refused("credentials do not belong into a URL; use a header field")
        }
        let hostEnd = Self.endOfHost(url, start..<end)
        guard let hostEnd, Self.isHost(url, start..<hostEnd) else {
            throw Self.refused("its host is missing or malformed")
        }
        guard let port = Self.port(url, hostEnd..<end, scheme) else {
            throw Self.refused("its port is not a number from 1 to 65535")
        }
        self.scheme = scheme
        self.port = port
        host = String(unsafeUninitializedCapacity: hostEnd - start) { text in
            for place in start..<hostEnd { text.initializeElement(at: place - start, to: lowercasedASCII(url[place])) }
            return hostEnd - start
        }
    }

    private static func scheme(of url: Span<UInt8>) -> (String, end: Int)? {
        if url.count >= 7, url.equals(0..<7, lowercased: "http://") { return ("http", 7) }
        if url.count >= 8, url.equals(0..<8, lowercased: "https://") { return ("https", 8) }
        return nil
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    private static func endOfHost(_ url: Span<UInt8>, _ authority: Range<Int>) -> Int? {
        // Colons inside the brackets of an IPv6 address are not the port's.
        guard let first = authority.first, url[first] == UInt8(ascii: "[") else {
            return url.firstIndex(of: UInt8(ascii: ":"), in: authority) ?? authority.upperBound
        }
        return url.firstIndex(of: UInt8(ascii: "]"), in: authority).map { $0 + 1 }
    }

    /// The number behind the colon, or the scheme's; nil when it is none.
    private static func port(_ url: Span<UInt8>, _ rest: Range<Int>, _ scheme: String) -> Int? {
        guard let colon = rest.first else { return scheme == "https" ? 443 : 80 }
        let digits = colon + 1..<rest.upperBound
        guard url[colon] == UInt8(ascii: ":"), (1...5).contains(digits.count),
            url.allSatisfy(digits, { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        let port = digits.reduce(0) { $0 * 10 + Int(url[$1] - UInt8(ascii: "0")) }
        return (1...65_535).contains(port) ? port : nil
    }

    private static func isHost(_ url: Span<UInt8>, _ host: Range<Int>) -> Bool {
        guard let first = host.first else { return false }
        guard url[first] == UInt8(ascii: "[") else { return url.allSatisfy(host, isNameByte) }
        let inner = first + 1..<host.upperBound - 1
        return !inner.isEmpty && url.allSatisfy(inner, isAddressByte)
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        hexDigitValue(byte) != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercasedASCII(byte))
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
    }

    /// The URL itself is left out: what is malformed may be a secret in the wrong place.
    private static func refused(_ reason: String) -> HTTPClientError {
        HTTPClientError(.invalidRequest, "The URL of an outbound request is refused: \(reason).")
    }
}
