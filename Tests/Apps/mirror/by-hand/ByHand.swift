public import FunctionKit

/// Logs what it is run with, and fails when that is `fail`.
public struct ByHand: ManualFunction {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Leaves a line in the log.
    public func run(_ input: String, context: InvocationContext) async throws {
        guard input != "fail" else { throw Failure(description: "failure \(context.retryCount)") }
        context.logger.info("Run with '\(input)'.")
    }
}
