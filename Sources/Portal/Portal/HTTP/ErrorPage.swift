public import FunctionKit

/// An error as a small page in a tenant's branding, for people whom a link brought here.
public struct ErrorPage: Sendable {
    /// Where a page is told what it may load: its own style and a logo, and nothing that runs.
    static let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src https:; frame-ancestors 'none'"

    /// Whether a request comes from a browser that shows a page.
    public static func isWanted(by request: HTTPRequest) -> Bool {
        request.headers.values(of: "Accept").contains { $0.lowercased().contains("text/html") }
    }

    /// The page.
    ///
    /// - Parameters:
    ///   - error: whose status and message it shows.
    ///   - advice: what the reader can do.
    ///   - branding: the tenant's; the default one where no tenant is known.
    public static func response(
        for error: HTTPError,
        advice: String,
        branding: Branding
    ) -> HTTPResponse {
        let name = htmlEscaped(branding.portalName ?? "Client portal")
        let logo =
            branding.logoURL.flatMap { $0.hasPrefix("https://") ? $0 : nil }
            .map { "<img src=\"\(htmlEscaped($0))\" alt=\"\" height=\"40\">" } ?? ""
        var response = HTTPResponse.html(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(name)</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; color: #1f2937; background: #f9fafb; margin: 0 }
            main { max-width: 28rem; margin: 15vh auto; padding: 2rem; background: #fff; border-top: 4px solid \
            \(branding.primaryColor) }
            h1 { font-size: 1rem; color: \(branding.primaryColor); margin: 0 0 1rem }
            p { margin: 0 0 .5rem }
            </style>
            </head>
            <body>
            <main>
            \(logo)<h1>\(name)</h1>
            <p><strong>\(htmlEscaped(error.message))</strong></p>
            <p>\(htmlEscaped(advice))</p>
            </main>
            </body>
            </html>

            """,
            status: error.status
        )
        response.headers["Content-Security-Policy"] = policy
        for field in error.headers { response.headers.append(field.name, field.value) }
        return response
    }
}
