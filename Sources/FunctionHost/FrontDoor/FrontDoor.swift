package import FunctionKit
import HTTPServer

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

    /// Answers one request.
    package func respond(to request: HTTPRequest) async -> HTTPResponse {
        let isAdmin = AdminAPI.owns(request.path)
        guard let app = slot.app else {
            return isAdmin ? await admin.respond(to: request) : await respondWithoutApp(request)
        }
        return await respond(to: request, app, isAdmin: isAdmin)
    }

    private func respond(to request: HTTPRequest, _ app: RunningApp, isAdmin: Bool) async -> HTTPResponse {
        var response =
            if let preflight = crossOrigin.preflight(request) {
                preflight
            } else if isAdmin {
                await admin.respond(to: request)
            } else {
                await route(request, app)
            }
        crossOrigin.allow(request, to: &response)
        for header in app.configuration.http.customHeaders where response.headers[header.name] == nil {
            response.headers.append(header.name, header.value)
        }
        return response
    }

    /// Waits for an app that starts; what stands in for it gets no header of the app's.
    private func respondWithoutApp(_ request: HTTPRequest) async -> HTTPResponse {
        switch await slot.answerer(waiting: Self.startWaitMax, clock: clock) {
        case .app(let app): await respond(to: request, app, isAdmin: false)
        case .offline(let page): .offline(page)
        case .none: .hostNotRunning
        }
    }

    private func route(_ request: HTTPRequest, _ app: RunningApp) async -> HTTPResponse {
        guard let match = app.routes.match(method: request.method.rawValue, path: request.path) else {
            return Self.unrouted(request)
        }
        let (function, instance, trigger) = app.httpFunctions[match.index]
        var request = request
        request.routeValues = match.values
        request.access = app.access(of: request, to: function.name)
        guard request.access.opens(trigger.authLevel) else { return HTTPResponse(status: .unauthorized) }
        // After the key check, so that only a caller who may call it learns that it is disabled.
        guard !function.descriptor.isDisabled || request.access == .admin else {
            return HTTPResponse(status: .notFound)
        }
        let outcome = await app.invoker.respond(function, instance, to: request)
        return outcome.response ?? HTTPResponse(status: .internalServerError)
    }

    /// What nobody serves: the home page at the root, else 404 with an empty body.
    private static func unrouted(_ request: HTTPRequest) -> HTTPResponse {
        guard request.path == "/", request.method == .get || request.method == .head else {
            return HTTPResponse(status: .notFound)
        }
        return .html(
            "<!doctype html><html lang=\"en\"><title>Postern</title>"
                + "<body style=\"font-family:sans-serif;margin:4rem auto;max-width:32rem\">"
                + "<h1>Your function app is up and running</h1>"
                + "<p>Its functions answer under their own URLs; <code>postern routes</code> lists them.</p></body></html>"
        )
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
