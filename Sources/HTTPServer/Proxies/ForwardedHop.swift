import FunctionKit

/// What one proxy says of the request that it got.
struct ForwardedHop: Equatable {
    /// Whom it got the request from; nil when it does not say so, or hides it.
    var address: IPAddress?
    var scheme: HTTPScheme?
    /// Its `Host`.
    var host: String?

    /// Reads `X-Forwarded-…`, the nearest proxy's entry first.
    ///
    /// Many proxies append to `X-Forwarded-For` but set the other two: so where these have fewer entries, their first one stands for all
    /// that is further away.
    static func read(xForwarded headers: HTTPFields) -> [ForwardedHop] {
        let addresses = entries(headers, "X-Forwarded-For")
        let schemes = entries(headers, "X-Forwarded-Proto")
        let hosts = entries(headers, "X-Forwarded-Host")
        let count = max(addresses.count, min(1, max(schemes.count, hosts.count)))
        return (0..<count).map { index in
            ForwardedHop(
                address: index < addresses.count ? ForwardedNode.address(addresses[index]) : nil,
                scheme: index < schemes.count ? scheme(schemes[index]) : nil,
                host: index < hosts.count ? host(hosts[index]) : nil
            )
        }
    }

    /// Reads `Forwarded` (RFC 7239), the nearest proxy's element first; nothing when it is malformed anywhere, since an open quote of
    /// the client's may have swallowed what the proxy has appended.
    static func read(forwarded headers: HTTPFields) -> [ForwardedHop] {
        var hops: [ForwardedHop] = []
        for field in headers.values(of: "Forwarded") {
            guard let elements = ForwardedField.parse(field) else { return [] }
            hops += elements.map { element in
                ForwardedHop(
                    address: element["for"].flatMap { ForwardedNode.address($0[...]) },
                    scheme: element["proto"].flatMap { scheme($0[...]) },
                    host: element["host"].flatMap { host($0[...]) }
                )
            }
        }
        return hops.suffix(TrustedProxies.hopsMax).reversed()
    }

    /// The entries of a list field, the last first, at most ``TrustedProxies/hopsMax``.
    private static func entries(_ headers: HTTPFields, _ name: String) -> [Substring] {
        var entries: [Substring] = []
        for field in headers.values(of: name).reversed() {
            for entry in listEntries(of: field[...]).reversed() {
                guard entries.count < TrustedProxies.hopsMax else { return entries }
                entries.append(entry)
            }
        }
        return entries
    }

    private static func scheme(_ text: Substring) -> HTTPScheme? {
        if equalsIgnoringASCIICase(String(text), "https") { return .https }
        return equalsIgnoringASCIICase(String(text), "http") ? .http : nil
    }

    /// A host that could stand in a `Host` field; DNS names have at most 253 bytes.
    private static func host(_ text: Substring) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count <= 253 + 6, HostField.isValid(bytes.span, 0..<bytes.count) else { return nil }
        return String(text)
    }
}

/// How a proxy names whom it got a request from.
enum ForwardedNode {
    /// The address in `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`; nil for `unknown`, for a
    /// name of the proxy's own (`_hidden`), and for anything else.
    static func address(_ node: Substring) -> IPAddress? {
        if node.first == "[" {
            guard let bracket = node.firstIndex(of: "]") else { return nil }
            let rest = node[node.index(after: bracket)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            let inner = node[node.index(after: node.startIndex)..<bracket]
            return inner.contains(":") ? IPAddress(inner) : nil
        }
        // One colon is that of a port; an IPv6 address has at least two.
        let colons = node.utf8.prefix(64).count { $0 == UInt8(ascii: ":") }
        guard colons == 1, let colon = node.firstIndex(of: ":") else { return IPAddress(node) }
        return isPort(node[colon...]) ? IPAddress(node[..<colon]) : nil
    }

    /// A colon and a port, or a port's hidden name (RFC 7239, section 6).
    private static func isPort(_ text: Substring) -> Bool {
        guard text.first == ":" else { return false }
        let port = text.dropFirst()
        if port.first == "_" { return port.utf8.count > 1 && port.utf8.dropFirst().allSatisfy(isObfuscated) }
        return (1...5).contains(port.utf8.count) && port.utf8.allSatisfy(ByteClass.isDigit)
            && (Int(port) ?? .max) <= 65_535
    }

    private static func isObfuscated(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
