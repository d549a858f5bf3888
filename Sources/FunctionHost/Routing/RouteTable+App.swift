import FunctionKit

extension RouteTable {
    /// Whether a function answers a request.
    func serves(_ request: HTTPRequest) -> Bool { match(method: request.method.rawValue, path: request.path) != nil }

    /// The table of an app's functions that are in order, disabled ones included (what answers them is the host's decision), with
    /// what keeps routes out of it as problems of their functions.
    package static func make(for app: LoadedApp) -> (table: RouteTable, problems: [FunctionProblem]) {
        make(for: app.functions, prefix: app.configuration.http.routePrefix)
    }

    /// The table of some functions, which come ordered by name.
    package static func make(
        for functions: [FunctionDescriptor],
        prefix: String
    ) -> (table: RouteTable, problems: [FunctionProblem]) {
        var definitions: [RouteDefinition] = []
        var files: [String: String] = [:]
        for function in functions {
            guard case .http(let trigger) = function.trigger else { continue }
            files[function.name] = function.file
            definitions.append(
                RouteDefinition(
                    functionName: function.name,
                    template: trigger.route,
                    methods: trigger.methods,
                    prefix: prefix
                )
            )
        }
        let table = RouteTable(definitions)
        let problems = table.problems.map {
            FunctionProblem(
                functionName: $0.functionName,
                file: files[$0.functionName] ?? $0.functionName,
                key: "route",
                reason: $0.reason
            )
        }
        return (table, problems)
    }
}
