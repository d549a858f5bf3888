/// A route as a function asks for it.
package struct RouteDefinition: Sendable, Equatable {
    /// The function that answers.
    package var functionName: String
    /// The template without the prefix.
    package var template: String
    /// The methods it answers; empty for any.
    package var methods: [String]
    /// What stands before the template; may be empty.
    package var prefix: String

    /// Makes a definition.
    package init(functionName: String, template: String, methods: [String] = [], prefix: String = "api") {
        self.functionName = functionName
        self.template = template
        self.methods = methods
        self.prefix = prefix
    }
}

/// A route that cannot be served; its function has no URL.
package struct RouteProblem: Error, Sendable, Hashable {
    /// The function.
    package var functionName: String
    /// The reason, in Azure's words where Azure has some.
    package var reason: String

    /// Makes a problem.
    package init(functionName: String, reason: String) {
        self.functionName = functionName
        self.reason = reason
    }
}

/// The route that a request meets.
package struct RouteMatch: Sendable, Equatable {
    /// The function that answers.
    package var functionName: String
    /// Its place among the definitions that the table was made from.
    package var index: Int
    /// The values of the template's parameters, percent-decoded once.
    package var values: [String: String]
    /// The optional parameters and catch-alls that the path leaves out; Azure lists them with a null value.
    package var absentParameters: [String]
}

/// All routes of an app: which function answers a method and a path.
///
/// As in Azure the first registered route wins, not the most specific one; the definitions come in the order of the functions'
/// names. A method that no route lists is no match (404, never 405). A class, so that looking up copies nothing.
package final class RouteTable: Sendable {
    private struct Route {
        var functionName: String
        var index: Int
        var template: RouteTemplate
        var isLiteral: Bool
        var methods: MethodSet

        init(_ definition: RouteDefinition, index: Int, template: RouteTemplate) {
            functionName = definition.functionName
            self.index = index
            self.template = template
            isLiteral = template.isLiteral
            methods = MethodSet(definition.methods)
        }
    }

    /// What kept definitions out of the table, in their order.
    package let problems: [RouteProblem]
    private let routes: [Route]
    private let trie: RouteTrie
    private let exact: ExactRoutes

    /// Makes a table. A bad definition becomes a problem and leaves the others alone.
    package init(_ definitions: [RouteDefinition]) {
        var problems: [RouteProblem] = []
        var routes: [Route] = []
        var registry = RouteRegistry()
        var builder = RouteTrieBuilder()
        for (index, definition) in definitions.enumerated() {
            do {
                let template = try registry.register(definition)
                builder.insert(template, index: routes.count)
                routes.append(Route(definition, index: index, template: template))
            } catch {
                problems.append(error)
            }
        }
        self.problems = problems
        self.routes = routes
        trie = builder.build()
        exact = Self.exactRoutes(routes, trie)
    }

    /// What ``match(method:path:)`` finds for the paths of routes without parameters, written just as the template is: most
    /// requests are of this kind.
    private static func exactRoutes(_ routes: [Route], _ trie: RouteTrie) -> ExactRoutes {
        var entries: [ExactRoutes.Entry] = []
        for route in routes where route.isLiteral {
            let path = "/" + route.template.segments.compactMap(\.literal).joined(separator: "/")
            for method in route.methods.named ?? ["GET", "POST"] {
                guard let (found, values) = find(method: method, path: path, among: routes, trie),
                    values.present.isEmpty, values.absent.isEmpty
                else { continue }
                let bit = MethodSet.bit(of: method)
                entries.append(ExactRoutes.Entry(path: path, method: bit, index: Int32(routes[found].index)))
            }
        }
        return ExactRoutes(entries)
    }

    /// The place among the definitions of the route that a request meets, if it has no parameters and the path is written as its
    /// template; nil says nothing, and ``match(method:path:)`` has to be asked.
    func exactMatch(method: String, path: String) -> Int? { exact.index(method: MethodSet.bit(of: method), path: path) }

    /// How many routes are served.
    package var count: Int { routes.count }

    /// Finds the route of a request.
    ///
    /// - Parameters:
    ///   - method: the request's method; compared ignoring case.
    ///   - path: the path as it was sent, still percent-encoded, without the query. `%2F` separates nothing, a segment `..` is a
    ///     value like any other, a broken escape stays as it is.
    package func match(method: String, path: String) -> RouteMatch? {
        guard let (found, values) = Self.find(method: method, path: path, among: routes, trie) else { return nil }
        return RouteMatch(
            functionName: routes[found].functionName,
            index: routes[found].index,
            values: values.present,
            absentParameters: values.absent
        )
    }

    private static func find(
        method: String,
        path: String,
        among routes: [Route],
        _ trie: RouteTrie
    ) -> (place: Int, values: RouteValues)? {
        let bit = MethodSet.bit(of: method)
        var values: RouteValues?
        let found = trie.first(on: path) { index in
            guard routes[index].methods.contains(method, bit: bit) else { return false }
            if routes[index].isLiteral {
                values = RouteValues()
                return true
            }
            guard let candidate = RouteValues(of: path, by: routes[index].template) else { return false }
            values = candidate
            return true
        }
        guard let found, let values else { return nil }
        return (found, values)
    }
}
