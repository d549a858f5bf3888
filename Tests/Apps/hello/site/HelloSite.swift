public import FunctionKit

/// Serves the files of the folder that the setting `SITE` names, or else of the app's own `files`.
public struct HelloSite: HTTPFunction {
    private let files: StaticFiles

    /// Opens the folder.
    public init(app: AppContext) throws {
        var options = StaticFiles.Options()
        options.cacheControl = "no-cache"
        files = try StaticFiles(folder: app.settings["SITE"] ?? "files", app: app, options: options)
    }

    /// Answers with a file.
    public func respond(to request: HTTPRequest, context: InvocationContext) throws -> HTTPResponse {
        try files.respond(to: request, path: request.routeValues["path"])
    }
}
