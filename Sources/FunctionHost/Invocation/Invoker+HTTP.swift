package import FunctionKit

extension Invoker {
    /// How much earlier than an invocation the server's own count of its time may begin: 50 ms. The server counts from the moment
    /// at which its loop looked at the clock.
    private static let serverLead = Duration.milliseconds(50)

    /// Whether overdue HTTP calls have to be ended by the invoker: a function with a retry policy has as much time for each of its
    /// attempts, a request that waits for its turn has not begun, and the server knows nothing of the header fields that an app adds
    /// to its answers. Otherwise the server ends them, which costs a call nothing.
    package static func endsOverdueCalls(
        _ configuration: HostConfiguration,
        _ functions: [FunctionDescriptor],
        crossOrigin: [String] = []
    ) -> Bool {
        let http = configuration.http
        return configuration.functionTimeout != nil
            && (configuration.retry != nil || http.limitsRequests || !http.customHeaders.isEmpty || http.hsts != nil
                || !crossOrigin.isEmpty || functions.contains { $0.retry != nil })
    }

    /// Lets an HTTP function answer a request, and again after each failure as far as its retry policy says; a failure becomes the
    /// response that the error knows, or a 500.
    ///
    /// - Parameter call: the server's call, when the request came through it.
    package func respond(
        _ function: LoadedFunction,
        _ instance: any HTTPHandling,
        to request: HTTPRequest,
        in call: OwnedCall? = nil
    ) async -> InvocationOutcome {
        guard let policy = function.descriptor.retry ?? retry else {
            return await respondOnce(function, instance, request, call)
        }
        guard request.body.bytes == nil else {
            return await repeating(function, policy) { await respondOnce(function, instance, request, call, retry: $0) }
        }
        let body = ReplayableBody(request.body)
        return await repeating(function, policy, canRepeat: { body.canReplay }) { progress in
            var attempt = request
            attempt.body = body.makeBody()
            return await respondOnce(function, instance, attempt, call, retry: progress)
        }
    }

    private func respondOnce(
        _ function: LoadedFunction,
        _ instance: any HTTPHandling,
        _ request: HTTPRequest,
        _ call: OwnedCall?,
        retry: RetryContext? = nil
    ) async -> InvocationOutcome {
        let context = begin(function, traceParent: request.headers["traceparent"], retry: retry)
        call?.begins(context.invocationID)
        guard function.placement.isOffLoop else { return await run(function, instance, request, context) }
        return await withTaskExecutorPreference(ComputingThreads.shared) {
            // A child is always queued for the preferred executor. Without one, this task might go on where it is, on the loop.
            async let outcome = runElsewhere(function, instance, request, context)
            return await outcome
        }
    }

    /// Runs a function off the event loop, and measures whether it could come back.
    private func runElsewhere(
        _ function: LoadedFunction,
        _ instance: any HTTPHandling,
        _ request: HTTPRequest,
        _ context: InvocationContext
    ) async -> InvocationOutcome {
        let thread = currentThreadID()
        let outcome = await run(function, instance, request, context)
        if currentThreadID() == thread { function.placement.ran(for: outcome.duration) }
        return outcome
    }

    private func run(
        _ function: LoadedFunction,
        _ instance: any HTTPHandling,
        _ request: HTTPRequest,
        _ context: InvocationContext
    ) async -> InvocationOutcome {
        let start = clock.uptimeNanoseconds
        var failure: (any Error)?
        let response: HTTPResponse
        do {
            response = try await answer(function, instance, request, context)
        } catch let error as any HTTPResponseError {
            response = error.response
        } catch {
            failure = error
            response = HTTPResponse(status: .internalServerError)
        }
        let nanoseconds = clock.uptimeNanoseconds - start
        // The client has its 500 and the function was cancelled; what it returns now reaches nobody.
        if let timeout {
            let duration = Duration.nanoseconds(nanoseconds)
            if duration >= timeout || (failure != nil && isOverdue(duration, timeout) && Task.isCancelled) {
                failure = FunctionTimeoutError(function: function.name, timeout: timeout)
            }
        }
        return finish(function, context, nanoseconds, failure, request: request, response: response)
    }

    /// Calls the function, with a line in the log at the moment at which its time is over. The function that ignores its
    /// cancellation is left behind: by the server, or here where the invoker ends overdue calls.
    private func answer(
        _ function: LoadedFunction,
        _ instance: any HTTPHandling,
        _ request: HTTPRequest,
        _ context: InvocationContext
    ) async throws -> HTTPResponse {
        guard let timeout, endsOverdueCalls else { return try await instance.respond(to: request, context: context) }
        do {
            return try await withTimeLimit(timeout, deadlines) {
                try await instance.respond(to: request, context: context)
            }
        } catch is TimeLimitExceeded {
            noteTimeout(function, context.invocationID, timeout)
            throw FunctionTimeoutError(function: function.name, timeout: timeout)
        }
    }

    /// Whether the server may have ended a call that was cancelled now because its time was over.
    private func isOverdue(_ duration: Duration, _ timeout: Duration) -> Bool { duration + Self.serverLead >= timeout }
}
