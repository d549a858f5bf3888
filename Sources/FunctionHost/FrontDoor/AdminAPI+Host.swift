import FunctionKit

extension AdminAPI {
    /// Answers below `/admin/host`, but for keys:
    ///
    ///     GET  host/status
    ///     POST host/synctriggers
    func answerForHost(_ request: HTTPRequest, _ parts: [String]) async throws -> HTTPResponse {
        switch (request.chosenMethod, parts.count) {
        case (.get, 2) where parts[1] == "status":
            let (state, errors) = await control.status()
            return try .json(
                HostStatusView(status, state, slot.app, troubles: errors + store.troubles, now: clock.now)
            )
        case (.post, 2) where parts[1] == "synctriggers": return try synchronizeTriggers()
        default: return HTTPResponse(status: .notFound)
        }
    }
}
