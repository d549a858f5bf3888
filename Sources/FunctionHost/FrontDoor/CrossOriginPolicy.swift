import FunctionKit

/// Which other origins' pages may call in a browser (the Fetch standard's CORS protocol), as `Host.CORS` of
/// `local.settings.json` or `--cors` say; without them the functions decide themselves.
package struct CrossOriginPolicy: Sendable {
    private let rules: [OriginRule]
    private let allowsAll: Bool
    private let allowsCredentials: Bool

    /// Takes what the settings say; the default lets nobody in.
    package init(_ options: LocalHostOptions = LocalHostOptions()) {
        rules = options.corsOrigins.compactMap(OriginRule.init)
        allowsAll = options.corsOrigins.contains("*")
        // Refused where the settings are read; here it must not depend on that.
        allowsCredentials = options.corsCredentials && !allowsAll && !options.corsOrigins.contains("null")
    }

    /// The answer to a browser that asks before it calls; nil when the request is no such question of an allowed origin.
    ///
    /// What is asked for is granted, as Core Tools grant it: the function itself decides about methods and headers. The answer is
    /// kept for as long as the browser likes (5 s), for a developer changes things.
    func preflight(_ request: HTTPRequest) -> HTTPResponse? {
        guard request.method == .options, let method = request.headers["Access-Control-Request-Method"],
            allowedOrigin(of: request) != nil
        else { return nil }
        var response = HTTPResponse(status: .noContent)
        response.headers.append("Access-Control-Allow-Methods", method)
        if let names = request.headers["Access-Control-Request-Headers"] {
            response.headers.append("Access-Control-Allow-Headers", names)
        }
        return response
    }

    /// Adds what lets the calling page read a response, unless the function has decided that itself.
    func allow(_ request: HTTPRequest, to response: inout HTTPResponse) {
        guard allowsAll || !rules.isEmpty, response.headers["Access-Control-Allow-Origin"] == nil else { return }
        // Also on answers to others: a cache must not hand them to a page of an allowed origin.
        if !allowsAll { response.headers.append("Vary", "Origin") }
        guard let origin = allowedOrigin(of: request) else { return }
        response.headers.append("Access-Control-Allow-Origin", origin)
        if allowsCredentials { response.headers.append("Access-Control-Allow-Credentials", "true") }
    }

    /// What the answer names as allowed; nil for a request that no other page makes, or one that may not.
    private func allowedOrigin(of request: HTTPRequest) -> String? {
        guard allowsAll || !rules.isEmpty, let origin = request.headers["Origin"] else { return nil }
        if allowsAll { return "*" }
        guard let asking = OriginRule(origin) else { return nil }
        return rules.contains { $0.allows(asking) } ? origin : nil
    }
}
