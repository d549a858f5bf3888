import FunctionKit

/// An origin that pages may come from: `https://app.example`, `http://localhost:3000`, `null`, or `https://*.example` for the hosts one
/// level below, as App Service understands it.
struct OriginRule: Sendable, Equatable {
    private let scheme: String
    /// In lower case; for a wildcard what follows the asterisk, with its dot.
    private let host: String
    private let isWildcard: Bool
    /// As it is written, with its colon; empty for the scheme's own.
    private let port: String

    /// Reads a rule or the value of an `Origin` field; nil for what is neither. A slash at the end is left out.
    init?(_ text: String) {
        let lower = text.lowercased()
        guard lower != "null" else {
            (scheme, host, isWildcard, port) = ("null", "", false, "")
            return
        }
        guard let colon = lower.firstRange(of: "://"), colon.lowerBound != lower.startIndex else { return nil }
        let scheme = lower[..<colon.lowerBound]
        let authority =
            lower[colon.upperBound...].hasSuffix("/")
            ? lower[colon.upperBound...].dropLast() : lower[colon.upperBound...]
        let allowed = "abcdefghijklmnopqrstuvwxyz0123456789-._~:[]*%".utf8
        guard !authority.isEmpty, authority.utf8.allSatisfy(allowed.contains) else { return nil }
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        let port = authority[bracket...].lastIndex(of: ":").map { authority[$0...] } ?? ""
        let host = authority.dropLast(port.count)
        let wildcards = host.filter { $0 == "*" }.count
        guard !host.isEmpty, port != ":", wildcards == 0 || (wildcards == 1 && host.hasPrefix("*.") && host.count > 2)
        else {
            return nil
        }
        self.scheme = String(scheme)
        self.host = String(wildcards == 0 ? host : host.dropFirst())
        isWildcard = wildcards == 1
        let isDefault = (scheme == "https" && port == ":443") || (scheme == "http" && port == ":80")
        self.port = isDefault ? "" : String(port)
    }

    /// Whether an origin is meant by this rule.
    func allows(_ origin: OriginRule) -> Bool {
        guard isWildcard else { return self == origin }
        guard !origin.isWildcard, scheme == origin.scheme, port == origin.port, origin.host.hasSuffix(host) else {
            return false
        }
        let label = origin.host.dropLast(host.count)
        return !label.isEmpty && !label.contains(".")
    }
}
