package import FunctionKit
package import HTTPServer

/// Answers every HTTP request of the host: admin API, then routes, keys and functions, in Azure's order.
package final class FrontDoor: HTTPResponder {
    /// How long a request waits for an app that starts: 30 s, Azure's.
    package static let startWaitMax = Duration.seconds(30)

    private let slot: AppSlot
    private let admin: AdminAPI
    private let clock: any AppClock
    private let crossOrigin: CrossOriginPolicy

    /// Makes the front door of whatever app the slot holds.
    package init(
        slot: AppSlot,
        admin: AdminAPI,
        clock: any AppClock,
        crossOrigin: CrossOriginPolicy = CrossOriginPolicy()
    ) {
        self.slot = slot
        self.crossOrigin = crossOrigin
        self.clock = clock
        self.admin = admin
    }

    /// Answers one request that did not come through the server.
    package func respond(to request: HTTPRequest) async -> HTTPResponse { await respond(to: request, call: nil) }

    /// Answers one request.
    package func respond(to request: HTTPRequest, in call: HTTPCall) async -> HTTPResponse {
        await respond(to: request, call: call)
    }

    private func respond(to request: HTTPRequest, call: HTTPCall?) async -> HTTPResponse {
        let isAdmin = AdminAPI.owns(request.path)
        guard let app = slot.app else {
            return isAdmin ? await admin.respond(to: request) : await respondWithoutApp(request, call)
        }
        return await respond(to: request, call, app, isAdmin: isAdmin)
    }

    private func respond(
        to request: HTTPRequest,
        _ call: HTTPCall?,
        _ app: RunningApp,
        isAdmin: Bool
    ) async -> HTTPResponse {
        guard let log = app.traffic.requestLog else { return await answer(request, call, app, isAdmin: isAdmin) }
        return await log.around(request) { await answer($0, call, app, isAdmin: isAdmin) }
    }

    private func answer(
        _ request: HTTPRequest,
        _ call: HTTPCall?,
        _ app: RunningApp,
        isAdmin: Bool
    ) async -> HTTPResponse {
        var response =
            if let preflight = crossOrigin.preflight(request) {
                preflight
            } else if isAdmin {
                await admin.respond(to: request)
            } else if let gate = app.traffic.gate {
                // The home page needs no place, as in Azure.
                if let page = app.traffic.homePage(for: request), !app.routes.serves(request) {
                    page
                } else {
                    await gate.pass(request) { await route($0, call, app) }
                }
            } else {
                await route(request, call, app)
            }
        crossOrigin.allow(request, to: &response)
        app.traffic.finish(&response, for: request)
        // The admin API tells keys, whose length in a compressed answer nobody is to learn from.
        if let compression = app.traffic.compression, !isAdmin { await compression.apply(to: &response, for: request) }
        return response
    }

    /// Waits for an app that starts; what stands in for it gets no header of the app's.
    private func respondWithoutApp(_ request: HTTPRequest, _ call: HTTPCall?) async -> HTTPResponse {
        switch await slot.answerer(waiting: Self.startWaitMax, clock: clock) {
        case .app(let app): await respond(to: request, call, app, isAdmin: false)
        case .offline(let page): .offline(page)
        case .none: .hostNotRunning
        }
    }

    private func route(_ request: HTTPRequest, _ call: HTTPCall?, _ app: RunningApp) async -> HTTPResponse {
        var request = request
        let index: Int
        if let exact = app.routes.exactMatch(method: request.method.rawValue, path: request.path) {
            index = exact
        } else if let match = app.routes.match(method: request.method.rawValue, path: request.path) {
            index = match.index
            request.routeValues = match.values
        } else {
            return app.traffic.homePage(for: request) ?? HTTPResponse(status: .notFound)
        }
        let entry = app.httpFunctions[index]
        let function = entry.function
        request.access = app.access(of: request, to: function.name)
        guard request.access.opens(entry.trigger.authLevel) else { return HTTPResponse(status: .unauthorized) }
        // After the key check, so that only a caller who may call it learns that it is disabled.
        guard !function.descriptor.isDisabled || request.access == .admin else {
            return HTTPResponse(status: .notFound)
        }
        let owned = call.map { OwnedCall($0, by: app.callOwners[index]) }
        let outcome = await app.invoker.respond(function, entry.instance, to: request, in: owned)
        return outcome.response ?? HTTPResponse(status: .internalServerError)
    }
}

extension HTTPResponse {
    /// The answer while nothing runs, in Azure's words.
    static let hostNotRunning = HTTPResponse(
        status: .serviceUnavailable,
        headers: ["Content-Type": "text/plain; charset=utf-8"],
        body: HTTPBody("Function host is not running.")
    )

    /// The answer while the app is off line: its `app_offline.htm`.
    static func offline(_ page: [UInt8]) -> HTTPResponse {
        HTTPResponse(
            status: .serviceUnavailable,
            headers: ["Content-Type": "text/html; charset=utf-8"],
            body: HTTPBody(page)
        )
    }
}
