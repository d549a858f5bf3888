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
        guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else {
            throw Self.refused("it holds a space, a control character, a backslash or a character outside ASCII")
        }
        guard let (scheme, rest) = Self.splitScheme(url.utf8[...]) else {
            throw Self.refused("it does not begin with http:// or https://")
        }
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw Self.refused("credentials do not belong into a URL; use a header field")
        }
        let (host, port) = try Self.splitPort(authority)
        self.scheme = scheme
        self.host = host
        self.port = port ?? Self.defaultPort(of: scheme)
    }

    private static func defaultPort(of scheme: String) -> Int { scheme == "https" ? 443 : 80 }

    private static func splitScheme(_ url: Substring.UTF8View) -> (String, Substring.UTF8View)? {
        for scheme in ["http", "https"] {
            let prefix = "\(scheme)://".utf8
            guard url.prefix(prefix.count).map(lowercasedASCII).elementsEqual(prefix) else { continue }
            return (scheme, url.dropFirst(prefix.count))
        }
        return nil
    }

    private static func splitPort(_ authority: Substring.UTF8View) throws(HTTPClientError) -> (String, Int?) {
        // Colons inside the brackets of an IPv6 address are not the port's.
        let hostEnd =
            authority.first == UInt8(ascii: "[")
            ? authority.firstIndex(of: UInt8(ascii: "]")).map { authority.index(after: $0) }
            : authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
        guard let hostEnd, isHost(authority[..<hostEnd]) else { throw refused("its host is missing or malformed") }
        let host = String(decoding: authority[..<hostEnd].map(lowercasedASCII), as: UTF8.self)
        let rest = authority[hostEnd...]
        guard !rest.isEmpty else { return (host, nil) }
        let digits = rest.dropFirst()
        guard rest.first == UInt8(ascii: ":"), (1...5).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = Int(String(decoding: digits, as: UTF8.self)), (1...65_535).contains(port)
        else { throw refused("its port is not a number from 1 to 65535") }
        return (host, port)
    }

    private static func isHost(_ host: Substring.UTF8View) -> Bool {
        guard let first = host.first else { return false }
        let isAddress = first == UInt8(ascii: "[")
        let inner = isAddress ? host.dropFirst().dropLast() : host
        return !inner.isEmpty && inner.allSatisfy { isAddress ? isAddressByte($0) : isNameByte($0) }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        hexDigitValue(byte) != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercasedASCII(byte))
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-._".utf8.contains(byte)
    }

    /// The URL itself is left out: what is malformed may be a secret in the wrong place.
    private static func refused(_ reason: String) -> HTTPClientError {
        HTTPClientError(.invalidRequest, "The URL of an outbound request is refused: \(reason).")
    }
}
