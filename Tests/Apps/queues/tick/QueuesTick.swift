public import FunctionKit

/// Leaves a message when it is fired.
public struct QueuesTick: TimerOutputFunction {
    static let ticks = QueueOutput.text("ticks")
    /// Its binding.
    public static let outputs = [ticks.binding]

    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Leaves one message.
    public func fire(_ timer: TimerInfo, context: InvocationContext) async throws -> Outputs {
        var outputs = Outputs(for: try TenantName("acme"))
        try outputs.send("tick", to: Self.ticks)
        return outputs
    }
}
