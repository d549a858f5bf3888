import FunctionKit

extension Invoker {
    /// Cancels `body` when the timeout passes. The run ends only when `body` does: a timer must not fire again, and a message
    /// not be delivered again, while the old run still works on it.
    func withDeadline(
        of function: LoadedFunction,
        _ context: InvocationContext,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        guard let timeout else { return try await body() }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await body()
                return true
            }
            group.addTask {
                // Cancelled with the body; how that ends decides.
                guard (try? await clock.sleep(for: timeout)) != nil else { return false }
                noteTimeout(function, context, timeout)
                throw FunctionTimeoutError(function: function.name, timeout: timeout)
            }
            defer { group.cancelAll() }
            while try await group.next() == false {}
        }
    }

    /// Azure's line at the moment at which an invocation's time is over.
    func noteTimeout(_ function: LoadedFunction, _ context: InvocationContext, _ timeout: Duration) {
        note(
            .error,
            function,
            "Timeout value of \(timeSpanText(timeout)) exceeded by function 'Functions.\(function.name)' "
                + "(Id: '\(context.invocationID)'). Initiating cancellation.",
            id: context.invocationID
        )
    }
}
