import FunctionKit

/// What Azure's host tells of the functions that it has loaded, before they run.
struct StartLog: Sendable {
    let logger: Logger

    func tell(_ app: RunningApp) {
        let count = app.functions.count
        logger.info("Generating \(count) job function(s)")
        logger.info(found(app))
        logger.info(routes(of: app))
    }

    private func found(_ app: RunningApp) -> String {
        guard !app.functions.isEmpty else { return "No job functions found." }
        return (["Found the following functions:"] + app.functions.map { "Host.Functions.\($0.name)" })
            .joined(separator: "\n")
    }

    /// The routes as they are matched: a function whose route another one has is among the app's problems and not told of.
    private func routes(of app: RunningApp) -> String {
        let inError = Set(app.problems.map(\.functionName))
        let routes = app.httpFunctions.filter { !inError.contains($0.function.name) }.map { entry in
            let methods = entry.trigger.methods.map { $0.lowercased() }
            let path = [app.configuration.http.routePrefix, entry.trigger.route].filter { !$0.isEmpty }
            return "Mapped function route '\(path.joined(separator: "/"))' "
                + "[\(methods.isEmpty ? "all" : methods.joined(separator: ","))] to '\(entry.function.name)'"
        }
        guard !routes.isEmpty else { return "No HTTP routes mapped" }
        return (["Initializing function HTTP routes"] + routes).joined(separator: "\n")
    }
}
