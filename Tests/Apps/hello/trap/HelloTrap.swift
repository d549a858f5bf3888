public import FunctionKit

/// Crashes the process, as a programming error in a function does.
public struct HelloTrap: HTTPFunction {
    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Never returns.
    public func respond(to request: HTTPRequest, context: InvocationContext) -> HTTPResponse {
        fatalError("This function traps on purpose.")
    }
}
