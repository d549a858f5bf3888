import FunctionKit

extension AdminAPI {
    /// Answers below `/admin/functions`, but for keys; 503 while there is no app:
    ///
    ///     GET  functions
    ///     GET  functions/{function}
    ///     GET  functions/{function}/status
    ///     POST functions/{function}?wait=
    func answerForFunctions(_ request: HTTPRequest, _ parts: [String]) async throws -> HTTPResponse {
        guard let app = slot.app else { return .hostNotRunning }
        switch (request.chosenMethod, parts.count) {
        case (.get, 1):
            return try .json(app.functions.map(FunctionView.init))
        case (.get, 2):
            guard let function = app.function(parts[1]) else { return HTTPResponse(status: .notFound) }
            return try .json(FunctionView(function))
        case (.get, 3) where parts[2] == "status":
            return try status(of: parts[1], app)
        case (.post, 2):
            guard let function = app.function(parts[1]) else { return HTTPResponse(status: .notFound) }
            return try await run(function, request)
        default:
            return HTTPResponse(status: .notFound)
        }
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
        let run = try await request.decode(ManualRun.self)
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
package struct ManualRun: Decodable, Sendable {
    /// The trigger's value: a queue message's text, an HTTP request's body; ignored by timers.
    package var input: String?
    /// The tenant that a queue message belongs to.
    package var tenant: String?

    /// Makes a run.
    package init(input: String? = nil, tenant: String? = nil) {
        self.input = input
        self.tenant = tenant
    }
}
