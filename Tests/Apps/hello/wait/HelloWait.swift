public import FunctionKit

/// Suspends once before it answers.
public struct HelloWait: HTTPFunction {
    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Gives way to other tasks, then answers.
    public func respond(to request: HTTPRequest, context: InvocationContext) async -> HTTPResponse {
        await Task.yield()
        return .text("waited")
    }
}
