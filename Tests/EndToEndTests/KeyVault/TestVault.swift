import FunctionKit
import FunctionTesting
import HTTPServer

/// A key vault with its token services on a port of this machine, which answers as Azure's do: the secrets' REST API 7.4, the
/// managed identity's endpoint of App Service (2019-08-01) and the client credentials grant of Entra ID.
final class TestVault: HTTPResponder {
    /// A version of a secret.
    struct Version: Sendable {
        var id: String
        var value: String
        var isEnabled = true
        var notBefore: Int64?
        var expires: Int64?
    }

    /// What goes wrong.
    struct Faults: Sendable {
        /// How many requests for secrets are answered 429, and what `Retry-After` says.
        var throttled = 0
        var retryAfter = "1"
        /// How many are answered 503.
        var unavailable = 0
        /// Where requests for secrets are sent on to.
        var redirect: String?
        /// How many bytes are put before each secret's value.
        var padding = 0
        /// Answers that are no JSON.
        var isGarbled = false
    }

    struct State: Sendable {
        var secrets: [String: [Version]] = [:]
        var faults = Faults()
        /// What a token has to be for.
        var resource = "https://vault.azure.net"
        /// The tokens that were handed out: what for, and until when.
        var tokens: [String: (resource: String, expires: Timestamp)] = [:]
        var clientSecret = "client-secret"
        /// Method and target of each request.
        var requests: [String] = []
        /// What came as `Authorization` to the place that redirects lead to.
        var strayed: [String?] = []
    }

    static let tenant = "9f1c7c1e-0000-4000-8000-000000000001"
    static let client = "c11e0000-0000-4000-8000-000000000002"
    static let identityHeader = "identity-header"

    let clock: any AppClock
    let state = LockedState(State())
    private let server = LockedState<HTTPServer?>(nil)
    private let listener: ListeningSocket

    /// Starts a vault; `clock` decides when tokens end.
    init(clock: any AppClock = ManualClock()) throws {
        self.clock = clock
        listener = try ListeningSocket(address: "127.0.0.1", port: 0, backlog: 16)
        let server = HTTPServer(
            configuration: HTTPServerConfiguration(),
            responder: WeakResponder(self),
            logger: Logger(sink: RecordingLog(), category: "vault")
        )
        try server.start(on: [listener])
        self.server.withLock { $0 = server }
    }

    /// Ends the server.
    func stop() async { await server.withLock { $0 }?.stop(grace: .zero) }

    var url: String { "http://127.0.0.1:\(listener.port)" }

    /// The settings of a host that runs with a managed identity of this vault's.
    var managedIdentity: [String: String] {
        ["IDENTITY_ENDPOINT": url + "/msi/token", "IDENTITY_HEADER": Self.identityHeader, "KEYVAULT_ENDPOINT": url]
    }

    /// The settings of a host that runs as a service principal.
    var principal: [String: String] {
        [
            "AZURE_TENANT_ID": Self.tenant, "AZURE_CLIENT_ID": Self.client, "AZURE_CLIENT_SECRET": "client-secret",
            "AZURE_AUTHORITY_HOST": url, "KEYVAULT_ENDPOINT": url,
        ]
    }

    /// Adds a version, which is the current one from now on.
    func put(_ name: String, _ value: String, change: (inout Version) -> Void = { _ in }) {
        state.withLock { state in
            var version = Version(id: "v\((state.secrets[name]?.count ?? 0) + 1)", value: value)
            change(&version)
            state.secrets[name, default: []].append(version)
        }
    }

    /// How many requests a part of whose target is `text` have come.
    func requestCount(_ text: String) -> Int { state.withLock { $0.requests.filter { $0.contains(text) }.count } }

    func respond(to request: HTTPRequest, in call: HTTPCall) async -> HTTPResponse {
        state.withLock { $0.requests.append("\(request.method.rawValue) \(request.path)?\(request.query ?? "")") }
        let parts = request.path.split(separator: "/").map(String.init)
        switch parts.first {
        case "msi": return managedToken(request)
        case "elsewhere":
            state.withLock { $0.strayed.append(request.headers["Authorization"]) }
            return .json(#"{"value":"stolen"}"#)
        case "secrets": return secret(request, parts)
        default: return await principalToken(request, parts)
        }
    }
}

extension TestVault {
    private func managedToken(_ request: HTTPRequest) -> HTTPResponse {
        guard request.headers["X-IDENTITY-HEADER"] == Self.identityHeader else { return HTTPResponse(status: 401) }
        guard request.queryValue("api-version") == "2019-08-01", let resource = request.queryValue("resource") else {
            return .json(#"{"statusCode":400,"message":"Unsupported API version or missing resource"}"#, status: 400)
        }
        let (token, expires) = issue(resource)
        return .json(
            #"{"access_token":"\#(token)","expires_on":"\#(expires.milliseconds / 1000)","resource":"\#(resource)","#
                + #""token_type":"Bearer","client_id":"\#(Self.client.uppercased())"}"#
        )
    }

    private func principalToken(_ request: HTTPRequest, _ parts: [String]) async -> HTTPResponse {
        guard parts.count == 4, parts[1...] == ["oauth2", "v2.0", "token"], request.method == .post else {
            return HTTPResponse(status: .notFound)
        }
        guard parts[0] == Self.tenant else {
            return Self.refusal("invalid_request", 90_002, "Tenant '\(parts[0])' not found.", status: 400)
        }
        let bytes = (try? await request.body.collect(upTo: 1 << 16)) ?? []
        let form = HTTPRequest(path: "/", query: String(decoding: bytes, as: UTF8.self))
        guard form.queryValue("grant_type") == "client_credentials", form.queryValue("client_id") == Self.client else {
            return Self.refusal("unauthorized_client", 700_016, "Application was not found.", status: 400)
        }
        guard form.queryValue("client_secret") == state.withLock({ $0.clientSecret }) else {
            return Self.refusal("invalid_client", 7_000_215, "Invalid client secret provided.", status: 401)
        }
        let scope = form.queryValue("scope") ?? ""
        guard scope.hasSuffix("/.default") else {
            return Self.refusal("invalid_scope", 70_011, "The provided value for scope is not valid.", status: 400)
        }
        let (token, _) = issue(String(scope.dropLast(9)))
        return .json(
            #"{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"\#(token)"}"#
        )
    }

    /// A token for an hour.
    private func issue(_ resource: String) -> (token: String, expires: Timestamp) {
        state.withLock { state in
            let token = "token-\(state.tokens.count + 1)"
            let expires = Timestamp(milliseconds: clock.now.milliseconds + 3_599_000)
            state.tokens[token] = (resource, expires)
            return (token, expires)
        }
    }

    private static func refusal(_ code: String, _ number: Int, _ text: String, status: HTTPStatus) -> HTTPResponse {
        .json(
            #"{"error":"\#(code)","error_description":"AADSTS\#(number): \#(text)","error_codes":[\#(number)]}"#,
            status: status
        )
    }
}

extension TestVault {
    private func secret(_ request: HTTPRequest, _ parts: [String]) -> HTTPResponse {
        if let refused = unauthorized(request) { return refused }
        if let fault = fault() { return fault }
        guard request.queryValue("api-version") == "7.4" else {
            return Self.error(400, "BadParameter", "api-version must be specified")
        }
        let name = parts.count > 1 ? parts[1] : ""
        let wanted = parts.count > 2 ? parts[2] : nil
        let (versions, padding) = state.withLock { ($0.secrets[name] ?? [], $0.faults.padding) }
        guard let version = versions.last(where: { wanted == nil || $0.id == wanted }) else {
            return Self.error(
                404,
                "SecretNotFound",
                "A secret with (name/id) \(parts.dropFirst().joined(separator: "/")) was not found in this key vault."
            )
        }
        guard version.isEnabled else {
            return Self.error(
                403,
                "Forbidden",
                "Operation get is not allowed on a disabled secret.",
                inner: "SecretDisabled"
            )
        }
        var attributes =
            #""enabled":true,"created":1700000000,"updated":1700000000,"recoveryLevel":"Recoverable+Purgeable""#
        if let time = version.notBefore { attributes += #","nbf":\#(time)"# }
        if let time = version.expires { attributes += #","exp":\#(time)"# }
        let value = String(repeating: "x", count: padding) + version.value
        return .json(
            #"{"value":"\#(value)","id":"\#(url)/secrets/\#(name)/\#(version.id)","attributes":{\#(attributes)}}"#
        )
    }

    /// 401 unless the request carries a token of ours, for this service, that has not ended.
    private func unauthorized(_ request: HTTPRequest) -> HTTPResponse? {
        let header = request.headers["Authorization"] ?? ""
        let (token, resource) = state.withLock { ($0.tokens[String(header.dropFirst(7))], $0.resource) }
        let reason: String
        if !header.hasPrefix("Bearer ") || token == nil {
            reason = "AKV10000: Request is missing a Bearer or PoP token."
        } else if let token, token.resource != resource {
            reason = "AKV10022: Invalid audience. Expected \(resource), found: \(token.resource)."
        } else if let token, token.expires <= clock.now {
            reason = "AKV10046: The token is expired."
        } else {
            return nil
        }
        var response = Self.error(401, "Unauthorized", reason)
        response.headers.append(
            "WWW-Authenticate",
            #"Bearer authorization="\#(url)/\#(Self.tenant)", resource="\#(resource)""#
        )
        return response
    }

    private func fault() -> HTTPResponse? {
        let faults = state.withLock { state in
            let faults = state.faults
            if faults.throttled > 0 { state.faults.throttled -= 1 }
            if faults.throttled == 0, faults.unavailable > 0 { state.faults.unavailable -= 1 }
            return faults
        }
        if faults.throttled > 0 {
            var response = Self.error(
                429,
                "Throttled",
                "Request was not processed because too many requests were received."
            )
            response.headers.append("Retry-After", faults.retryAfter)
            return response
        }
        if faults.unavailable > 0 { return Self.error(503, "ServiceUnavailable", "The service is busy.") }
        if let target = faults.redirect {
            var response = HTTPResponse(status: HTTPStatus(rawValue: 302))
            response.headers.append("Location", target)
            return response
        }
        if faults.isGarbled { return .text("<html>gateway</html>") }
        return nil
    }

    private static func error(_ status: Int, _ code: String, _ message: String, inner: String? = nil) -> HTTPResponse {
        let innerError = inner.map { #","innererror":{"code":"\#($0)"}"# } ?? ""
        return .json(
            #"{"error":{"code":"\#(code)","message":"\#(message)"\#(innerError)}}"#,
            status: HTTPStatus(rawValue: status)
        )
    }
}

/// Lets the vault go although its server has it.
private final class WeakResponder: HTTPResponder {
    private struct Target: Sendable {
        weak var vault: TestVault?
    }

    private let target: Target

    init(_ vault: TestVault) { target = Target(vault: vault) }

    func respond(to request: HTTPRequest, in call: HTTPCall) async -> HTTPResponse {
        await target.vault?.respond(to: request, in: call) ?? HTTPResponse(status: .serviceUnavailable)
    }
}

extension HTTPResponse {
    /// A response of JSON text.
    fileprivate static func json(_ text: String, status: HTTPStatus = .ok) -> HTTPResponse {
        .json(bytes: Array(text.utf8), status: status)
    }
}
