public import FunctionKit

extension Portal {
    /// Answers a request that needs no session: CORS, the check against forged requests, errors as JSON, no caching.
    ///
    /// A `body` that throws an ``FunctionKit/HTTPResponseError`` is answered with its response; anything else goes on to
    /// the host, which logs it and answers 500. `OPTIONS` is answered here and never reaches `body`, so an endpoint that
    /// browsers call from other origins lists `options` among its methods.
    public func answer(
        _ request: HTTPRequest,
        _ context: InvocationContext,
        _ body: () async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        try await answer(request) { _ in try await body() }
    }

    /// Answers a request that needs a session, and passes it to `body`.
    ///
    /// Without a live session the answer is 401 `Session expired`, without the permission 403.
    public func answer(
        _ request: HTTPRequest,
        _ context: InvocationContext,
        session requirement: SessionRequirement,
        _ body: (PortalSession) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        try await answer(request) { source in
            let session = try await sessions.resume(request)
            try origins.checkTenant(session.tenant, from: source)
            if let permission = requirement.permission, !session.may(permission) { throw HTTPError.notPermitted }
            return try await body(session)
        }
    }

    private func answer(
        _ request: HTTPRequest,
        _ body: (OriginPolicy.Source) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let source = try await origins.source(of: request)
        var response: HTTPResponse
        do {
            try origins.checkForgery(request, from: source)
            response = request.method == .options ? Self.preflight(request, source) : try await body(source)
        } catch let error as any HTTPResponseError {
            response = error.response
        }
        if response.headers["Cache-Control"] == nil { response.headers["Cache-Control"] = "no-store" }
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.append("Vary", "Origin")
        if case .allowed(let origin, _) = source {
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Credentials"] = "true"
        }
        return response
    }

    /// What a browser asks before it sends a request to another origin (Fetch Standard, CORS preflight).
    private static func preflight(_ request: HTTPRequest, _ source: OriginPolicy.Source) -> HTTPResponse {
        var response = HTTPResponse(status: .noContent)
        guard case .allowed = source, request.headers["Access-Control-Request-Method"] != nil else { return response }
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type, X-Request-Id"
        response.headers["Access-Control-Max-Age"] = "600"
        return response
    }
}
