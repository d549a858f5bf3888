package import FunctionKit
import HTTPServer

/// Answers every HTTP request of the host: admin API, then routes, keys and functions, in Azure's order.
package final class FrontDoor: HTTPResponder {
    private let app: RunningApp
    private let admin: AdminAPI
    private let crossOrigin: CrossOriginPolicy

    /// Makes the front door of an app.
    package init(app: RunningApp, admin: AdminAPI, crossOrigin: CrossOriginPolicy = CrossOriginPolicy()) {
        self.app = app
        self.crossOrigin = crossOrigin
        self.admin = admin
    }

    /// Answers one request.
    package func respond(to request: HTTPRequest) async -> HTTPResponse {
        var response = if let preflight = crossOrigin.preflight(request) { preflight } else { await route(request) }
        crossOrigin.allow(request, to: &response)
        for header in app.configuration.http.customHeaders where response.headers[header.name] == nil {
            response.headers.append(header.name, header.value)
        }
        return response
    }

    private func route(_ request: HTTPRequest) async -> HTTPResponse {
        if AdminAPI.owns(request.path) { return await admin.respond(to: request) }
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
