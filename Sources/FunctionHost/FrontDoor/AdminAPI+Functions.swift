import FunctionKit

extension AdminAPI {
    /// Answers below `/admin/functions`, but for keys:
    ///
    ///     GET    functions
    ///     GET    functions/download
    ///     GET    functions/{function}
    ///     PUT    functions/{function}
    ///     DELETE functions/{function}
    ///     POST   functions/{function}?wait=
    ///     GET    functions/{function}/status
    ///
    /// What reads the running app is answered with 503 while there is none; a function can be written and removed all the same.
    func answerForFunctions(_ request: HTTPRequest, _ parts: [String]) async throws -> HTTPResponse {
        switch (request.chosenMethod, parts.count) {
        case (.get, 2) where parts[1].lowercased() == "download" && slot.app?.function(parts[1]) == nil:
            return try await download()
        case (.put, 2): return try await write(parts[1], request)
        case (.delete, 2): return try await remove(parts[1])
        default: break
        }
        guard let app = slot.app else { return .hostNotRunning }
        switch (request.chosenMethod, parts.count) {
        case (.get, 1): return try await list(app, request)
        case (.get, 2):
            guard let function = app.function(parts[1]) else { return HTTPResponse(status: .notFound) }
            return .json(bytes: Array(await view(function, app, request).text.utf8))
        case (.get, 3) where parts[2] == "status": return try status(of: parts[1], app)
        case (.post, 2):
            guard let function = app.function(parts[1]) else { return HTTPResponse(status: .notFound) }
            return try await run(function, request)
        default: return HTTPResponse(status: .notFound)
        }
    }

    private func list(_ app: RunningApp, _ request: HTTPRequest) async throws -> HTTPResponse {
        var views: [JSONValue] = []
        for function in app.functions { views.append(await view(function, app, request)) }
        return .json(bytes: Array(JSONValue(.array(views)).text.utf8))
    }

    private func view(_ function: LoadedFunction, _ app: RunningApp, _ request: HTTPRequest) async -> JSONValue {
        FunctionView(
            function,
            routePrefix: app.configuration.http.routePrefix,
            testData: await folders?.testData(of: function.name)
        ).json(origin: request.originURL)
    }

    /// `POST /admin/host/synctriggers`: there is no scale controller that would have to be told of the triggers.
    func synchronizeTriggers() throws -> HTTPResponse { try .json(["status": "success"]) }

    private func status(of name: String, _ app: RunningApp) throws -> HTTPResponse {
        let errors = app.problems.filter { equalsIgnoringASCIICase($0.functionName, name) }.map(\.description)
        if !errors.isEmpty { return try .json(["errors": errors]) }
        return app.function(name) == nil ? HTTPResponse(status: .notFound) : .json(bytes: Array("{}".utf8))
    }

    /// Fires a function: 202 at once as Azure does; with `?wait=true`, 200 and the outcome when it has ended.
    private func run(_ function: LoadedFunction, _ request: HTTPRequest) async throws -> HTTPResponse {
        let run = try await ManualRun(request)
        if case .queue = function.descriptor.trigger, run.tenantName == nil {
            throw HTTPError(.badRequest, code: "tenant_missing", message: ManualRun.tenantMissing)
        }
        guard function.counters.running < Self.runsMax else {
            throw HTTPError(
                .tooManyRequests,
                code: "too_many_runs",
                message: "\(Self.runsMax) runs of '\(function.name)' go on already. Wait until some have ended."
            )
        }
        if request.queryValue("wait") == "true" {
            return try .json(await ManualRunOutcome(function, runner(function, run)))
        }
        // Unstructured, because the caller is answered now and nobody waits for the run: it is logged like any other.
        Task { [runner] in _ = await runner(function, run) }
        return HTTPResponse(status: .accepted)
    }
}

/// The body of a request that fires a function by hand.
package struct ManualRun: Sendable {
    /// The trigger's value: a queue message's text, an HTTP request's body; ignored by timers.
    package var input: String?
    /// The tenant that a queue message belongs to.
    package var tenant: String?

    /// Makes a run.
    package init(input: String? = nil, tenant: String? = nil) {
        self.input = input
        self.tenant = tenant
    }

    /// The tenant, if it is named and may be called so.
    var tenantName: TenantName? { tenant.flatMap { try? TenantName($0) } }

    /// What is said when a queue function is run without one.
    static let tenantMissing =
        "A queue message belongs to a tenant. Name it: --tenant SLUG, or \"tenant\" in the body."

    /// Reads the body of a request.
    ///
    /// - Throws: ``HTTPError`` with 400 for what is no JSON object.
    init(_ request: HTTPRequest) async throws {
        let body = try await AdminBody.object(request)
        self.init(input: try body.text("input"), tenant: try body.text("tenant"))
    }
}
