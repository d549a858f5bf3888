/// What an occurrence of a schedule does, as a closure; see ``HTTPHandler``.
///
/// ```swift
/// let sweep = TimerHandler { timer, context in context.logger.info("late: \(timer.isPastDue)") }
/// ```
public struct TimerHandler: TimerHandling {
    private let handle: @Sendable (TimerInfo, InvocationContext) async throws -> Void

    /// Makes a handler of a closure.
    public init(_ handle: @escaping @Sendable (TimerInfo, InvocationContext) async throws -> Void) {
        self.handle = handle
    }

    /// Calls the closure.
    public func fire(_ timer: TimerInfo, context: InvocationContext) async throws { try await handle(timer, context) }
}
