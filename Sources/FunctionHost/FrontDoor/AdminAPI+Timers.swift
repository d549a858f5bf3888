import FunctionKit

extension AdminAPI {
    /// How many timers, or entries of a timer's history, one answer tells of at the most: 500.
    static let timersMax = 500

    /// Answers below `/admin/timers`; 503 while there is no app:
    ///
    ///     GET timers?limit=&cursor=
    ///     GET timers/{name}
    ///     GET timers/{name}/history?limit=&cursor=
    func answerForTimers(_ request: HTTPRequest, _ parts: [String]) async throws -> HTTPResponse {
        guard let timers = slot.jobHost?.timers else { return .hostNotRunning }
        do {
            switch (request.chosenMethod, parts.count) {
            case (.get, 1):
                let limit = try limit(request, max: Self.timersMax)
                return try .json(await TimerOverview(timers, limit: limit, after: request.queryValue("cursor")))
            case (.get, 2):
                guard let timer = await timers.snapshot(of: parts[1]) else { throw Self.noTimer(parts[1]) }
                let latest = try await timers.latestEntry(of: timer.functionName)
                return try .json(TimerView(timer, latest: latest, zone: timers.zone))
            case (.get, 3) where parts[2] == "history":
                return try await history(of: parts[1], timers, request)
            default:
                return HTTPResponse(status: .notFound)
            }
        } catch let error as StoreError {
            throw HTTPError(error)
        }
    }

    private func history(
        of name: String,
        _ timers: TimerService,
        _ request: HTTPRequest
    ) async throws -> HTTPResponse {
        let limit = try limit(request, max: Self.timersMax)
        var before: Int64?
        if let cursor = request.queryValue("cursor") {
            guard let number = Int64(cursor), number > 0 else {
                throw HTTPError(
                    .badRequest,
                    code: "invalid_cursor",
                    message: "'cursor' is the \"next_cursor\" of the page before."
                )
            }
            before = number
        }
        guard let timer = await timers.snapshot(of: name),
            let page = try await timers.history(of: name, before: before, limit: limit)
        else { throw Self.noTimer(name) }
        return try .json(
            TimerHistoryPage(
                name: timer.functionName,
                entries: page.entries.map { TimerHistoryView(number: $0.number, entry: $0.entry) },
                nextCursor: page.next.map { String($0) }
            )
        )
    }

    private static func noTimer(_ name: String) -> HTTPError {
        HTTPError(
            .notFound,
            code: "no_timer",
            message: "There is no timer function '\(name)'. 'postern timers' lists those that there are."
        )
    }
}
