package import FunctionKit

/// Everything that answering, firing and delivering share once the app is up.
///
/// A class, so that a request takes one reference and no copy.
package final class RunningApp: Sendable {
    /// An HTTP function with what a request needs of it. A class for the same reason.
    package final class HTTPEntry: Sendable {
        /// The function.
        package let function: LoadedFunction
        /// What answers.
        package let instance: any HTTPHandling
        /// What its `function.json` says of its requests.
        package let trigger: HTTPTrigger

        /// Makes an entry.
        package init(_ function: LoadedFunction, _ instance: any HTTPHandling, _ trigger: HTTPTrigger) {
            self.function = function
            self.instance = instance
            self.trigger = trigger
        }
    }

    /// What `host.json` says.
    package let configuration: HostConfiguration
    /// The functions that run, by name.
    package let functions: [LoadedFunction]
    /// What is wrong with those that do not.
    package let problems: [FunctionProblem]
    /// Which path belongs to which HTTP function.
    package let routes: RouteTable
    /// The HTTP functions in the order of the route table.
    package let httpFunctions: [HTTPEntry]
    /// Who learns how the calls of each HTTP function go, in the same order.
    let callOwners: [FunctionCallOwner]
    /// Runs functions.
    package let invoker: Invoker
    /// The access keys; nil when keys are not enforced (`--no-auth`), which makes every caller an admin.
    package let keys: KeyRing?
    /// What holds for every request.
    package let traffic: TrafficRules
    /// Where each function stands, by its name in lower case: a host of many timers looks for one with each run.
    private let places: [String: Int]

    /// Makes an app.
    package init(
        configuration: HostConfiguration,
        functions: [LoadedFunction],
        problems: [FunctionProblem],
        routes: RouteTable,
        httpFunctions: [HTTPEntry],
        invoker: Invoker,
        keys: KeyRing?,
        traffic: TrafficRules = TrafficRules()
    ) {
        self.configuration = configuration
        self.functions = functions
        self.problems = problems
        self.routes = routes
        self.httpFunctions = httpFunctions
        self.invoker = invoker
        callOwners = httpFunctions.map { FunctionCallOwner($0.function, invoker) }
        self.keys = keys
        self.traffic = traffic
        places = Dictionary(
            functions.enumerated().map { ($1.name.lowercased(), $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// What a request's key opens at a function.
    func access(of request: HTTPRequest, to function: String) -> AccessLevel {
        keys.map { $0.access(of: request, to: function) } ?? .admin
    }

    /// The function of a name, in any case.
    func function(_ name: String) -> LoadedFunction? {
        places[name.lowercased()].map { functions[$0] }
    }
}
