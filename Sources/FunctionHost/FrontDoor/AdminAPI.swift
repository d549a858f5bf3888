package import FunctionKit

/// The host's own endpoints under `/admin`, open to the master key alone except for the ping.
package struct AdminAPI: Sendable {
    /// Fires a function by hand; the host joins it to timers, queues and HTTP functions.
    package typealias Runner = @Sendable (LoadedFunction, ManualRun) async -> InvocationOutcome

    /// How many runs of one function may go on when another is asked for by hand: 100.
    static let runsMax = 100

    let slot: AppSlot
    let control: any HostControl
    private let status: HostStatus
    private let keys: KeyRing?
    private let clock: any AppClock
    let queues: QueueInspector
    let store: StoreInspector
    private let runner: Runner

    /// Makes the API over whatever app the slot holds.
    ///
    /// - Parameter keys: nil when keys are not enforced, which makes every caller an admin.
    package init(
        slot: AppSlot,
        control: any HostControl,
        status: HostStatus,
        keys: KeyRing?,
        clock: any AppClock,
        queues: QueueInspector,
        store: StoreInspector,
        runner: @escaping Runner
    ) {
        self.slot = slot
        self.control = control
        self.status = status
        self.keys = keys
        self.clock = clock
        self.queues = queues
        self.store = store
        self.runner = runner
    }

    /// Whether a path is the host's own: its first segment is `admin`, in any case and however it is encoded, as in Azure.
    static func owns(_ path: String) -> Bool {
        let segment = path.utf8.dropFirst().prefix { $0 != UInt8(ascii: "/") }
        // Nearly every path ends here, without anything decoded.
        guard segment.count == 5 || segment.contains(UInt8(ascii: "%")) else { return false }
        return path.utf8.first == UInt8(ascii: "/") && equalsIgnoringASCIICase(percentDecoded(segment), "admin")
    }

    /// Answers a request under `/admin`.
    func respond(to request: HTTPRequest) async -> HTTPResponse {
        let parts = Self.parts(of: request.path)
        if parts == ["host", "ping"] { return ping(request) }
        switch keys.map({ $0.access(of: request, to: "") }) ?? .admin {
        case .admin: break
        case .anonymous: return HTTPResponse(status: .unauthorized)
        default: return HTTPResponse(status: .forbidden)
        }
        do {
            return try await answer(request, parts)
        } catch let error as any HTTPResponseError {
            return error.response
        } catch {
            return HTTPResponse(status: .internalServerError)
        }
    }

    /// The decoded segments behind `/admin`. The words of the API itself, which stand at every other place, count in any case;
    /// what stands between is a name or an id.
    private static func parts(of path: String) -> [String] {
        var parts = path.split(separator: "/").dropFirst().map { percentDecoded($0.utf8) }
        for index in parts.indices where index.isMultiple(of: 2) || equalsIgnoringASCIICase(parts[0], "host") {
            parts[index] = parts[index].lowercased()
        }
        return parts
    }

    private func ping(_ request: HTTPRequest) -> HTTPResponse {
        guard request.method == .get || request.method == .post || request.method == .head else {
            return HTTPResponse(status: .notFound)
        }
        return HTTPResponse(headers: ["Cache-Control": "no-store, no-cache"])
    }

    private func answer(_ request: HTTPRequest, _ parts: [String]) async throws -> HTTPResponse {
        if parts.first == "queues" { return try await answerForQueues(request, parts) }
        if parts.first == "store" { return try await answerForStore(request, parts) }
        // The server leaves the body of an answer to HEAD away.
        let method = request.method == .head ? .get : request.method
        switch (method, parts.first, parts.count) {
        case (.get, "host", 2) where parts[1] == "status":
            let (state, errors) = await control.status()
            return try .json(
                HostStatusView(status, state, slot.app, troubles: errors + store.troubles, now: clock.now)
            )
        case (_, "functions", _): return try await answerForFunctions(request, method, parts)
        default: return HTTPResponse(status: .notFound)
        }
    }

    /// Answers below `/admin/functions`: 503 while there is no app.
    private func answerForFunctions(
        _ request: HTTPRequest,
        _ method: HTTPMethod,
        _ parts: [String]
    ) async throws -> HTTPResponse {
        guard let app = slot.app else { return .hostNotRunning }
        switch (method, parts.count) {
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
