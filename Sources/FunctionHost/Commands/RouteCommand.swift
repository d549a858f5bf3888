import FunctionKit

/// `postern routes [--match "GET /api/x"] [--json]`: all routes, or which function answers a request. Reads the folders only.
package enum RouteCommand {
    /// Lists the routes, or finds the one that `match` meets.
    ///
    /// - Parameters:
    ///   - match: a method, white space, and a path, with or without a query; nil for the list.
    ///   - json: JSON instead of a table. For a match: `{"function": name or null, "values": {…}}`; an optional parameter that the
    ///     path leaves out is null.
    ///   - baseURL: what the list puts before each path.
    /// - Returns: exit 64 for a `match` that is no request; problems of functions go to standard error and change no exit code,
    ///   since the other routes are served all the same.
    package static func run(
        _ app: LoadedApp,
        match: String? = nil,
        json: Bool = false,
        baseURL: String = "http://localhost:7071"
    ) -> CommandOutput {
        let served = RouteTable.make(for: app)
        var output: CommandOutput
        if let match {
            output = find(match, in: app, table: served.table, json: json)
        } else {
            output = list(app, except: Set(served.problems.map(\.functionName)), json: json, baseURL: baseURL)
        }
        if output.exitCode == 0 {
            output.standardError += (app.problems + served.problems).map { "\($0)\n" }.joined()
        }
        return output
    }

    private static func find(_ request: String, in app: LoadedApp, table: RouteTable, json: Bool) -> CommandOutput {
        let parts = request.split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, parts[1].hasPrefix("/") else {
            return .usage(
                "'\(request)' is not a request. Write a method and a path, such as --match \"GET /api/hello\"."
            )
        }
        let path = String(parts[1].prefix { $0 != "?" && $0 != "#" })
        let found = table.match(method: String(parts[0]), path: path)
        // A disabled function is routed, but without the master key nobody gets an answer from it.
        let isDisabled = app.functions.first { $0.name == found?.functionName }?.isDisabled == true
        let match = isDisabled ? nil : found
        if json { return CommandOutput(standardOutput: document(match).text + "\n") }
        guard let match else { return CommandOutput(standardOutput: "No function answers \(parts[0]) \(path).\n") }
        var text = "\(match.functionName)\n"
        for (name, value) in match.values.sorted(by: { $0.key < $1.key }) { text += "  \(name) = \(value)\n" }
        for name in match.absentParameters { text += "  \(name) is absent\n" }
        return CommandOutput(standardOutput: text)
    }

    private static func document(_ match: RouteMatch?) -> JSONValue {
        var values = (match?.values ?? [:]).map { JSONValue.Member(name: $0.key, value: .text($0.value)) }
        values += (match?.absentParameters ?? []).map { JSONValue.Member(name: $0, value: .text(nil)) }
        values.sort { $0.name < $1.name }
        return .object(["function": .text(match?.functionName), "values": JSONValue(.object(values))])
    }

    private static func list(_ app: LoadedApp, except refused: Set<String>, json: Bool, baseURL: String)
        -> CommandOutput
    {
        var table = TextTable(header: ["FUNCTION", "METHODS", "URL", "AUTH"])
        var documents: [JSONValue] = []
        for function in app.functions where !refused.contains(function.name) {
            guard case .http(let trigger) = function.trigger else { continue }
            let url = baseURL + trigger.path(prefix: app.configuration.http.routePrefix)
            let methods = trigger.methods.map { $0.uppercased() }
            table.rows.append([
                function.name, methods.isEmpty ? "any" : methods.joined(separator: ","), url,
                trigger.authLevel.rawValue + (function.isDisabled ? " (disabled)" : ""),
            ])
            documents.append(
                .object([
                    "function": .text(function.name),
                    "methods": .list(methods.map { .text($0) }),
                    "route": .text(trigger.route),
                    "url": .text(url),
                    "authLevel": .text(trigger.authLevel.rawValue),
                    "disabled": .flag(function.isDisabled),
                ])
            )
        }
        if json { return CommandOutput(standardOutput: JSONValue.list(documents).text + "\n") }
        return CommandOutput(standardOutput: table.rows.isEmpty ? "No HTTP routes mapped\n" : table.text)
    }
}

extension HTTPTrigger {
    /// The path of the trigger's URL as a template: `/api/users/{id}`.
    package func path(prefix: String) -> String {
        let parts = [trimmingSlashes(prefix), trimmingSlashes(route)].filter { !$0.isEmpty }
        return "/" + parts.joined(separator: "/")
    }
}
