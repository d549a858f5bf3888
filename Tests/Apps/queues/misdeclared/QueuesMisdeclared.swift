public import FunctionKit

/// Names an output that its `function.json` does not have.
public struct QueuesMisdeclared: HTTPOutputFunction {
    static let job = QueueOutput.text("job")
    /// A binding that is not declared.
    public static let outputs = [job.binding]

    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Never called.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResult {
        HTTPResult(.text(""))
    }
}
