/// Decides which routes may stand beside each other while a table is being made.
struct RouteRegistry {
    /// The beginnings of routes that the host keeps for itself. As in Azure they are compared as text, so that
    /// `administrators` is refused, too.
    static let reservedBeginnings = ["admin", "runtime"]

    private struct Claim {
        var functionName: String
        var methods: [String]
    }

    private var claims: [String: [Claim]] = [:]

    /// The parsed template of a definition that may be served.
    mutating func register(_ definition: RouteDefinition) throws(RouteProblem) -> RouteTemplate {
        let route = trimmingSlashes(definition.template).lowercased()
        guard !Self.reservedBeginnings.contains(where: route.hasPrefix) else {
            throw problem(definition, "The specified route conflicts with one or more built in routes.")
        }
        let earlier = claims[route]?.first { haveCommonMethod($0.methods, definition.methods) }
        if let earlier {
            let reason = "The route specified conflicts with the route defined by function '\(earlier.functionName)'."
            throw problem(definition, reason)
        }
        let template: RouteTemplate
        do {
            template = try RouteTemplateParser.parse(joined(definition))
        } catch {
            throw problem(definition, error.description)
        }
        claims[route, default: []].append(Claim(functionName: definition.functionName, methods: definition.methods))
        return template
    }

    private func problem(_ definition: RouteDefinition, _ reason: String) -> RouteProblem {
        RouteProblem(functionName: definition.functionName, reason: reason)
    }

    private func joined(_ definition: RouteDefinition) -> String {
        let prefix = trimmingSlashes(definition.prefix)
        let route = trimmingSlashes(definition.template)
        return prefix.isEmpty ? route : route.isEmpty ? prefix : "\(prefix)/\(route)"
    }

    /// Case-sensitive, as in Azure: `get` and `GET` of two functions do not conflict, and the first one answers.
    private func haveCommonMethod(_ left: [String], _ right: [String]) -> Bool {
        left.isEmpty || right.isEmpty || left.contains(where: right.contains)
    }
}

/// The text without the slashes at its ends.
func trimmingSlashes(_ text: String) -> String {
    var rest = text[...]
    while rest.first == "/" { rest.removeFirst() }
    while rest.last == "/" { rest.removeLast() }
    return String(rest)
}
