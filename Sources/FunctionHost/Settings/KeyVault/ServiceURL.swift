/// The URL of a service that receives a secret of ours: `https`, or `http` to this machine alone (a test, a local emulator).
struct ServiceURL: Sendable, Hashable {
    /// Scheme, host and port, without a slash at the end.
    let origin: String
    /// The host without its port.
    let host: String
    /// What follows, without a query; empty or beginning with a slash.
    let path: String

    /// Reads a URL; nil for any other scheme, for user information, and for a host with characters no host has.
    init?(_ text: String) {
        let lower = text.lowercased()
        let scheme = ["https://", "http://"].first(where: lower.hasPrefix)
        guard let scheme else { return nil }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let isValid = authority.utf8.allSatisfy { byte in
            isASCIILetter(byte) || (0x30...0x39).contains(byte) || ".-:[]".utf8.contains(byte)
        }
        guard !authority.isEmpty, isValid else { return nil }
        let isBracketed = authority.hasPrefix("[")
        let host = isBracketed ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        guard !host.isEmpty, scheme == "https://" || ["127.0.0.1", "localhost", "[::1]"].contains(host.lowercased())
        else { return nil }
        self.host = host.lowercased()
        origin = scheme + authority.lowercased()
        path = String(rest.dropFirst(authority.count).prefix { $0 != "?" && $0 != "#" })
    }
}
