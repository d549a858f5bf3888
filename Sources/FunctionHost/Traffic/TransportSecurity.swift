import FunctionKit

/// `Strict-Transport-Security` (RFC 6797), as `extensions.http.hsts` of `host.json` and ASP.NET's middleware define it: on answers
/// to HTTPS requests alone, and never for a machine's own names.
///
/// The host itself speaks no TLS; a proxy in front of it does. What a request says of that proxy in `X-Forwarded-Proto` anybody can
/// write, so it counts only when the operator vouches for the proxy, by ASP.NET's own setting.
struct TransportSecurity: Sendable {
    /// The setting by which a proxy's `X-Forwarded-…` fields are believed: `true`.
    static let trustSetting = "ASPNETCORE_FORWARDEDHEADERS_ENABLED"
    /// The hosts that ASP.NET leaves out whatever is configured.
    static let localHosts: Set<String> = ["localhost", "127.0.0.1", "[::1]"]

    /// The field's value.
    let value: String
    private let excludedHosts: Set<String>

    /// Makes the policy; nil when it is switched off or when no request can be known to have come by HTTPS.
    init?(_ options: HSTSOptions?, settings: (String) -> String?) {
        guard let options, settings(Self.trustSetting).map({ equalsIgnoringASCIICase($0, "true") }) == true else {
            return nil
        }
        value =
            "max-age=\(options.maxAge.components.seconds)" + (options.includeSubDomains ? "; includeSubDomains" : "")
            + (options.preload ? "; preload" : "")
        excludedHosts = Self.localHosts.union(options.excludedHosts.map { $0.lowercased() })
    }

    /// Adds the field to the answer of an HTTPS request, unless the function has set it.
    func apply(to response: inout HTTPResponse, for request: HTTPRequest) {
        // The last field is the nearest proxy's.
        guard let scheme = request.headers.values(of: "X-Forwarded-Proto").last?.split(separator: ",").last,
            equalsIgnoringASCIICase(String(trimmingSpaces(scheme)), "https"),
            !excludedHosts.contains(Self.host(request.headers["Host"] ?? "").lowercased()),
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
