public import FunctionKit

/// Forwards a member's request to Mission and hands its answer back.
public struct MissionForwarder: Sendable {
    /// The most bytes of a prayer request: 1 MiB; a longer one is answered with 413 before it is read whole.
    public static let requestBytesMax = 1 << 20
    /// The most bytes of an answer: 16 MiB; a longer one is refused.
    public static let responseBytesMax = 16 << 20
    /// How long Mission may take to the first byte of its answer.
    public static let firstByteTimeout: Duration = .seconds(10)
    /// How long the whole exchange may take.
    public static let totalTimeout: Duration = .seconds(60)

    /// What is passed on of the request. Everything else stays here: cookies, `Authorization`, addresses, hop-by-hop fields.
    private static let requestHeaders = ["Content-Type", "Accept", "If-None-Match"]
    /// What is passed back of the answer: the fields that describe its content, and never `Set-Cookie`.
    private static let responseHeaders = [
        "Content-Type", "Content-Language", "Content-Encoding", "Content-Disposition", "ETag", "Last-Modified",
        "Cache-Control", "Expires",
    ]

    private let app: AppContext
    private let mission: PortalSettings.Peer?
    private let journal: IntegrationJournal

    /// Reads `MISSION_API_URL` and `MISSION_SERVICE_KEY`.
    public init(portal: Portal) throws {
        app = portal.app
        mission = portal.settings.mission
        journal = try IntegrationJournal(app: portal.app)
    }

    /// Answers a member's request.
    ///
    /// - Throws: ``FunctionKit/HTTPError``: 404 for a path that is not on the list and for a tenant that is no mission;
    ///   503 without the settings; 413 for a body that is too large; 502 and 504 when Mission fails.
    public func forward(
        _ request: HTTPRequest,
        for session: PortalSession,
        context: InvocationContext
    ) async throws -> HTTPResponse {
        guard session.tenant.orgType == .mission,
            let route = MissionRoute(method: request.method, rawPath: request.path)
        else { throw HTTPError.notFoundHere }
        guard let mission else {
            throw HTTPError.notConfigured("Mission is not configured", code: "mission_not_configured")
        }
        let body = try await request.body.collect(upTo: Self.requestBytesMax)
        let outbound = OutboundRequest(
            method: request.method,
            url: "\(mission.baseURL)/\(route.path)\(MissionQuery.forwarded(request.query))",
            headers: headers(of: request, for: session, key: mission.key, context: context),
            body: request.method == .get ? .empty : HTTPBody(body),
            firstByteTimeout: Self.firstByteTimeout,
            totalTimeout: Self.totalTimeout,
            responseBytesMax: Self.responseBytesMax
        )
        let response = try await send(outbound, to: mission, context: context)
        return try await answer(response, from: mission, context: context)
    }

    private func headers(
        of request: HTTPRequest,
        for session: PortalSession,
        key: Secret,
        context: InvocationContext
    ) -> HTTPFields {
        var headers: HTTPFields = [:]
        for name in Self.requestHeaders {
            guard let value = request.headers[name] else { continue }
            // A tab may stand for a space (RFC 9110, section 5.6.3), and the client sends no control character.
            let hasTab = value.utf8.contains(UInt8(ascii: "\t"))
            headers[name] = hasTab ? String(value.map { $0 == "\t" ? " " : $0 }) : value
        }
        headers["Authorization"] = "Bearer \(key.revealed)"
        headers["X-Portal-Tenant-Id"] = headerSafe(session.tenant.tenantID)
        headers["X-Portal-Tenant-Slug"] = headerSafe(session.tenant.slug)
        headers["X-Portal-User-Id"] = headerSafe(session.user.id)
        headers["X-Portal-User-Email"] = headerSafe(session.user.email)
        headers["X-Request-Id"] = "\(context.invocationID)"
        return headers
    }

    private func send(
        _ request: OutboundRequest,
        to mission: PortalSettings.Peer,
        context: InvocationContext
    ) async throws -> OutboundResponse {
        do throws(HTTPClientError) {
            return try await app.http.send(request)
        } catch {
            let host = Self.host(of: mission.baseURL)
            context.logger.error("Mission at \(host) failed: \(error)")
            await journal.failed(.mission, "\(error)")
            throw Self.failure(error)
        }
    }

    private static func failure(_ error: HTTPClientError) -> HTTPError {
        switch error.code {
        case .timedOut:
            HTTPError(.gatewayTimeout, code: "mission_timeout", message: "Mission took too long to answer.")
        case .tooLarge:
            HTTPError(.badGateway, code: "mission_too_large", message: "Mission's answer is too large.")
        default:
            HTTPError(.badGateway, code: "mission_unreachable", message: "Mission cannot be reached.")
        }
    }

    private func answer(
        _ upstream: OutboundResponse,
        from mission: PortalSettings.Peer,
        context: InvocationContext
    ) async throws -> HTTPResponse {
        var host: String { Self.host(of: mission.baseURL) }
        // Passed on, Mission's 401 would tell the browser that the member's session is over; it is the key that is wrong.
        guard upstream.status != .unauthorized else {
            context.logger.error("Mission at \(host) refused MISSION_SERVICE_KEY.")
            await journal.failed(.mission, "Mission refused MISSION_SERVICE_KEY.")
            throw HTTPError(.badGateway, code: "mission_refused", message: "Mission refused the portal's key.")
        }
        if let length = upstream.body.length, length > Self.responseBytesMax {
            context.logger.error("Mission at \(host) answered with \(length) bytes, which is too large.")
            throw Self.failure(HTTPClientError(.tooLarge, ""))
        }
        if upstream.status.rawValue >= 500 {
            context.logger.warning("Mission at \(host) answered \(upstream.status.rawValue).")
            await journal.failed(.mission, "Mission answered \(upstream.status.rawValue).")
        } else {
            await journal.succeeded(.mission)
        }
        var response = HTTPResponse(status: upstream.status, body: upstream.body)
        for field in upstream.headers where Self.isFieldValue(field.value) {
            guard let name = Self.responseHeaders.first(where: { equalsIgnoringASCIICase($0, field.name) }) else {
                continue
            }
            response.headers.append(name, field.value)
        }
        if !Self.isForOneReader(response.headers.values(of: "Cache-Control")) {
            response.headers["Cache-Control"] = "no-store"
        }
        return response
    }

    /// Whether caches that several people share keep away from an answer. What a member sees depends on the session, which
    /// Mission's own caching rules know nothing of.
    ///
    /// - Parameter fields: all fields `Cache-Control`, which mean what one would that lists their values (RFC 9110, section 5.3).
    private static func isForOneReader(_ fields: [String]) -> Bool {
        let rules = fields.map { $0.lowercased() }
        guard !rules.contains(where: { $0.contains("public") || $0.contains("s-maxage") }) else { return false }
        return rules.contains { $0.contains("private") || $0.contains("no-store") }
    }

    /// Whether a text may stand in a header field (RFC 9110, section 5.5). One that may not is left out: the server would
    /// refuse the whole answer for it.
    private static func isFieldValue(_ text: String) -> Bool {
        let text = text.utf8.span
        return text.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }

    /// Host and port of a URL, for a log line: without path, query and user info.
    static func host(of url: String) -> String {
        let authority = url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
        return String(authority.split(separator: "@").last ?? authority)
    }
}

/// A text that can stand in a header field: what is not printable ASCII is percent-encoded.
func headerSafe(_ text: String) -> String {
    let bytes = text.utf8.span
    return bytes.allSatisfy { (0x20..<0x7F).contains($0) } ? text : percentEncoded(text)
}
