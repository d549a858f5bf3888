package import FunctionKit

/// What the functions of the sandbox share: its one partition of the store, and the answers that every product gives alike.
///
/// It holds no state of its own, so that each function library may carry a copy.
package struct Sandbox: Sendable {
    /// The app that it runs in.
    package let app: AppContext
    /// Everything that the sandbox keeps. Documents carry the portal's tenant as a field, as the real products do.
    package let store: TenantStore

    /// Opens the sandbox.
    package init(app: AppContext) throws {
        self.app = app
        store = try app.store.tenant("sandbox")
    }

    /// The value of an app setting that a call cannot do without.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 503, naming the setting.
    package func setting(_ name: String) throws -> String {
        guard let value = app.settings[name] else {
            throw HTTPError(
                .serviceUnavailable,
                code: "not_configured",
                message: "The app setting \(name) is not set. Give the sandbox the same value as the portal."
            )
        }
        return value
    }

    /// `PORTAL_URL` without trailing slashes.
    package func portalURL() throws -> String {
        var url = try setting("PORTAL_URL")
        while url.hasSuffix("/") { url.removeLast() }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw HTTPError(.serviceUnavailable, code: "not_configured", message: "PORTAL_URL is not an http URL.")
        }
        return url
    }

    /// Answers a person who plays a product's user on the sandbox's page, or a test.
    ///
    /// There is no sign-in here; the sandbox belongs on a developer's machine. Pages of other sites are kept out all the same.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 403 for a request that a browser sent from another site's page.
    package func operate(_ request: HTTPRequest, _ body: () async throws -> HTTPResponse) async throws -> HTTPResponse {
        let site = request.headers["Sec-Fetch-Site"] ?? "none"
        guard site == "same-origin" || site == "none" else {
            throw HTTPError(.forbidden, code: "foreign_origin", message: "Only the sandbox's own page may do this.")
        }
        try await plantDemo()
        var response = try await Self.refusingTooLarge(body)
        response.headers["Cache-Control"] = "no-store"
        return response
    }
}

extension HTTPError {
    /// 400 with a reason.
    package static func invalid(_ message: String) -> HTTPError {
        HTTPError(.badRequest, code: "invalid_request", message: message)
    }

    /// 404 for a document that is not there.
    package static func missing(_ what: String) -> HTTPError {
        HTTPError(.notFound, code: "not_found", message: "There is no such \(what).")
    }
}
