import FoundationEssentials
public import FunctionKit

/// Logs what it received, as JSON; fails when its name begins with `bad`.
public struct TimersTick: TimerFunction {
    /// What a function says whose name begins with `bad`.
    struct Failure: Error, CustomStringConvertible { let description = "The tick is bad." }

    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Tells of the occurrence.
    public func fire(_ timer: TimerInfo, context: InvocationContext) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(timer), as: UTF8.self)
        context.logger.info("tick \(context.functionName) \(json)")
        if context.functionName.hasPrefix("bad") { throw Failure() }
    }
}
