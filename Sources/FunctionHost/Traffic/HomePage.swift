import FunctionKit

/// What answers at the root where no function does.
enum HomePage {
    /// The setting that switches the page off: `true`, in any case.
    static let disablingSetting = "AzureWebJobsDisableHomepage"

    /// The page for a request to the root, 204 when it is switched off; nil for any other request.
    static func answer(to request: HTTPRequest, isDisabled: Bool) -> HTTPResponse? {
        guard request.path == "/", request.method == .get || request.method == .head else { return nil }
        guard !isDisabled else { return HTTPResponse(status: .noContent) }
        return .html(
            "<!doctype html><html lang=\"en\"><title>Postern</title>"
                + "<body style=\"font-family:sans-serif;margin:4rem auto;max-width:32rem\">"
                + "<h1>Your function app is up and running</h1>"
                + "<p>Its functions answer under their own URLs; <code>postern routes</code> lists them.</p></body></html>"
        )
    }

    /// Whether the settings switch the page off.
    static func isDisabled(settings: (String) -> String?) -> Bool {
        settings(disablingSetting).map { equalsIgnoringASCIICase($0, "true") } ?? false
    }
}
