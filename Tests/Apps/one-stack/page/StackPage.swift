import Crypto
import FoundationEssentials
public import FunctionKit
import OneStack

/// `GET /` and `GET /sandbox`: the page on which a newcomer plays both sides.
///
/// The route is an optional parameter because an empty route means the function's name, as in Azure.
public struct StackPage: HTTPFunction {
    private let page: String
    private let contentSecurityPolicy: String

    /// Puts the page together.
    public init(app: AppContext) async throws {
        let portal = try? Sandbox(app: app).portalURL()
        page = PageText.html(portalURL: portal ?? "")
        // Only this very script and style run, whatever a ticket says; data may come from here and from the portal.
        contentSecurityPolicy = [
            "default-src 'none'", "script-src '\(Self.hash(PageText.script))'",
            "style-src '\(Self.hash(PageText.style))'",
            "connect-src 'self' \(portal ?? "")", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        ].joined(separator: "; ")
    }

    /// Answers the page, or 404 for any other name.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        guard ["", "sandbox"].contains(request.routeValues["page"] ?? "") else { throw HTTPError.missing("page") }
        var response = HTTPResponse.html(page)
        response.headers["Content-Security-Policy"] = contentSecurityPolicy
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
    }

    /// A source of Content Security Policy Level 3 for an inline element.
    private static func hash(_ text: String) -> String {
        "sha256-\(Data(sha256(text.utf8)).base64EncodedString())"
    }
}
