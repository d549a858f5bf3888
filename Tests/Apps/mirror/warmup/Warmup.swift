public import FunctionKit

/// Says that the app is warm.
public struct Warmup: WarmupFunction {
    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Leaves a line in the log.
    public func warmUp(context: InvocationContext) async throws { context.logger.info("Warm now.") }
}
