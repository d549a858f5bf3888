import FunctionKit

/// `Strict-Transport-Security` (RFC 6797), as `extensions.http.hsts` of `host.json` and ASP.NET's middleware define it: on answers
/// to HTTPS requests alone, and never for a machine's own names.
struct TransportSecurity: Sendable {
    /// The hosts that ASP.NET leaves out whatever is configured.
    static let localHosts: Set<String> = ["localhost", "127.0.0.1", "[::1]"]

    /// The field's value.
    let value: String
    private let excludedHosts: Set<String>

    /// Makes the policy; nil when it is switched off.
    init?(_ options: HSTSOptions?) {
        guard let options else { return nil }
        value =
            "max-age=\(options.maxAge.components.seconds)" + (options.includeSubDomains ? "; includeSubDomains" : "")
            + (options.preload ? "; preload" : "")
        excludedHosts = Self.localHosts.union(options.excludedHosts.map { $0.lowercased() })
    }

    /// Adds the field to the answer of an HTTPS request, unless the function has set it.
    func apply(to response: inout HTTPResponse, for request: HTTPRequest) {
        guard request.isSecure,
            !excludedHosts.contains(Self.host(request.host ?? "").lowercased()),
            response.headers["Strict-Transport-Security"] == nil
        else { return }
        response.headers.append("Strict-Transport-Security", value)
    }

    /// The host of a `Host` field, without its port.
    static func host(_ field: String) -> String {
        if field.hasPrefix("["), let end = field.firstIndex(of: "]") { return String(field[...end]) }
        return String(field.prefix { $0 != ":" })
    }
}
