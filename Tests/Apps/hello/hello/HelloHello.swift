public import FunctionKit

/// Answers `hello, world`.
public struct HelloHello: HTTPFunction {
    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Answers every request alike.
    public func respond(to request: HTTPRequest, context: InvocationContext) -> HTTPResponse {
        .text("hello, world")
    }
}
