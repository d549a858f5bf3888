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
        // Unstructured, so that it can be cancelled without its caller, who may repeat it. A group with a sleeping child does the
        // same for 10 µs more, which is a quarter of a message's time.
        let run = Task { try await body() }
        let deadline = deadlines.add(within: timeout) {
            noteTimeout(function, context.invocationID, timeout)
            run.cancel()
        }
        let result = await withTaskCancellationHandler {
            await run.result
        } onCancel: {
            run.cancel()
        }
        guard deadlines.remove(deadline) else {
            throw FunctionTimeoutError(function: function.name, timeout: timeout)
        }
        try result.get()
    }

    /// Azure's line at the moment at which an invocation's time is over.
    func noteTimeout(_ function: LoadedFunction, _ id: InvocationID, _ timeout: Duration) {
        note(
            .error,
            function,
            "Timeout value of \(timeSpanText(timeout)) exceeded by function 'Functions.\(function.name)' "
                + "(Id: '\(id)'). Initiating cancellation.",
            id: id
        )
    }

    /// Says of an invocation that the host stops without it.
    func noteLeftBehind(_ function: LoadedFunction, _ id: InvocationID) {
        note(
            .warning,
            function,
            "Function 'Functions.\(function.name)' (Id: '\(id)') ignored its cancellation and was left behind.",
            id: id
        )
    }
}
