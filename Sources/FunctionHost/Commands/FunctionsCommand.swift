import FunctionKit

/// `postern functions [--json]`: what the app's folders declare. Reads the folders only.
package enum FunctionsCommand {
    /// Lists the functions that are in order, then the problems of the others.
    ///
    /// - Returns: exit 78 when a function has a problem, 0 otherwise. As text the problems go to standard error, as JSON they are
    ///   part of the document: `{"functions": […], "problems": […]}`.
    package static func run(_ app: LoadedApp, json: Bool = false) -> CommandOutput {
        let routes = RouteTable.make(for: app)
        let problems = app.problems + routes.problems
        let refused = Set(routes.problems.map(\.functionName))
        let functions = app.functions.filter { !refused.contains($0.name) }
        let exitCode: Int32 = problems.isEmpty ? 0 : 78
        if json {
            let content = JSONValue.object([
                "functions": .list(functions.map { document($0, prefix: app.configuration.http.routePrefix) }),
                "problems": .list(problems.map(document)),
            ])
            return CommandOutput(standardOutput: content.text + "\n", exitCode: exitCode)
        }
        var table = TextTable(header: ["FUNCTION", "TRIGGER", "WHEN", "LIBRARY"])
        for function in functions {
            table.rows.append([
                function.name + (function.isDisabled ? " (disabled)" : ""), function.trigger.typeName,
                function.trigger.summary(prefix: app.configuration.http.routePrefix), function.scriptFile,
            ])
        }
        return CommandOutput(
            standardOutput: table.rows.isEmpty ? "No functions found.\n" : table.text,
            standardError: problems.map { "\($0)\n" }.joined(),
            exitCode: exitCode
        )
    }

    private static func document(_ function: FunctionDescriptor, prefix: String) -> JSONValue {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ value: JSONValue) { members.append(JSONValue.Member(name: name, value: value)) }
        add("name", .text(function.name))
        add("trigger", .text(function.trigger.typeName))
        switch function.trigger {
        case .http(let trigger):
            add("route", .text(trigger.path(prefix: prefix)))
            add("methods", .list(trigger.methods.map { .text($0.uppercased()) }))
            add("authLevel", .text(trigger.authLevel.rawValue))
        case .timer(let trigger):
            add("schedule", .text(trigger.schedule))
        case .queue(let trigger):
            add("queue", .text(trigger.queueName.description))
        case .warmup, .manual: break
        }
        add("scriptFile", .text(function.scriptFile))
        add("entryPoint", .text(function.entryPoint.description))
        add("disabled", .flag(function.isDisabled))
        return JSONValue(.object(members))
    }

    private static func document(_ problem: FunctionProblem) -> JSONValue {
        .object([
            "function": .text(problem.functionName), "file": .text(problem.file), "key": .text(problem.key),
            "reason": .text(problem.reason),
        ])
    }
}

extension Trigger {
    /// When the function runs, in a few words: methods and path, schedule, queue or by hand.
    package func summary(prefix: String) -> String {
        switch self {
        case .http(let trigger):
            let methods = trigger.methods.map { $0.uppercased() }.joined(separator: ",")
            return "\(methods.isEmpty ? "any" : methods) \(trigger.path(prefix: prefix))"
        case .timer(let trigger): return trigger.schedule
        case .queue(let trigger): return trigger.queueName.description
        case .warmup: return "GET /admin/warmup"
        case .manual: return "by hand"
        }
    }
}
