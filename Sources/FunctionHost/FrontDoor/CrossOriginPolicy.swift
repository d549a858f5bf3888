import FunctionKit

/// Which other origins' pages may call in a browser (the Fetch standard's CORS protocol), as `Host.CORS` of
/// `local.settings.json` says; without it the functions decide themselves.
package struct CrossOriginPolicy: Sendable {
    private let origins: [String]
    private let allowsCredentials: Bool

    /// Takes what the settings say; the default lets nobody in.
    package init(_ options: LocalHostOptions = LocalHostOptions()) {
        origins = options.corsOrigins
        allowsCredentials = options.corsCredentials
    }

    /// The answer to a browser that asks before it calls; nil when the request is no such question of an allowed origin.
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
        guard let origin = allowedOrigin(of: request), response.headers["Access-Control-Allow-Origin"] == nil else {
            return
        }
        response.headers.append("Access-Control-Allow-Origin", origin)
        if origin != "*" { response.headers.append("Vary", "Origin") }
        if allowsCredentials { response.headers.append("Access-Control-Allow-Credentials", "true") }
    }

    private func allowedOrigin(of request: HTTPRequest) -> String? {
        guard !origins.isEmpty, let origin = request.headers["Origin"] else { return nil }
        if origins.contains("*") { return "*" }
        return origins.contains { equalsIgnoringASCIICase($0, origin) } ? origin : nil
    }
}
