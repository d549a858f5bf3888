package import FunctionKit

/// Runs functions: gives each invocation its id, context and deadline, counts it, and logs one line when it has ended.
package struct Invoker: Sendable {
    private let clock: any AppClock
    private let log: HostLog
    private let ids: InvocationIDSource
    private let random: any RandomSource
    /// `retry` of `host.json`, for timer functions whose function.json has none.
    private let retry: RetryPolicy?
    /// `functionTimeout`; nil for none.
    package let timeout: Duration?

    /// Makes an invoker.
    package init(
        clock: any AppClock,
        random: any RandomSource,
        log: HostLog,
        timeout: Duration?,
        retry: RetryPolicy? = nil
    ) {
        self.random = random
        self.retry = retry
        self.clock = clock
        self.log = log
        self.timeout = timeout
        ids = InvocationIDSource(random: random)
    }

    /// Lets an HTTP function answer a request; a failure becomes the response that the error knows, or a 500.
    package func respond(_ function: LoadedFunction, _ instance: any HTTPFunction, to request: HTTPRequest) async
        -> InvocationOutcome
    {
        guard function.placement.isOffLoop else { return await run(function, instance, request) }
        // A child task begins on a thread of the concurrency pool, always. A yield may end before its task has left the
        // event loop's thread, and then it goes on there.
        async let outcome = run(function, instance, request)
        return await outcome
    }

    private func run(_ function: LoadedFunction, _ instance: any HTTPFunction, _ request: HTTPRequest) async
        -> InvocationOutcome
    {
        let context = begin(function, traceParent: request.headers["traceparent"])
        let thread = currentThreadID()
        let start = clock.uptime
        var failure: (any Error)?
        let response: HTTPResponse
        do {
            response = try await instance.respond(to: request, context: context)
        } catch let error as any HTTPResponseError {
            response = error.response
        } catch {
            failure = error
            response = HTTPResponse(status: .internalServerError)
        }
        let duration = clock.uptime - start
        // The server has answered for it and cancelled it; what it returns now reaches nobody.
        if let timeout, duration >= timeout {
            failure = FunctionTimeoutError(function: function.name, timeout: timeout)
        }
        if currentThreadID() == thread { function.placement.ran(for: duration) }
        return finish(function, context, duration, failure, request: request, response: response)
    }

    /// Fires a timer function, and again after each failure as far as its retry policy says. Each attempt is an invocation with
    /// its own id and log line; the last one's outcome counts.
    package func fire(_ function: LoadedFunction, _ instance: any TimerFunction, _ timer: TimerInfo) async
        -> InvocationOutcome
    {
        var attempt = 0
        while true {
            let outcome = await run(function, retryCount: attempt) { try await instance.fire(timer, context: $0) }
            guard !outcome.succeeded, let policy = function.descriptor.retry ?? retry else { return outcome }
            if let max = policy.maxRetryCount, attempt >= max {
                logRetry(.error, function, "Function execution failed after '\(attempt)' retries.")
                return outcome
            }
            attempt += 1
            let pause = policy.pause(beforeRetry: attempt, fraction: random.fraction())
            logRetry(.debug, function, "Waiting for '\(pause)' before retrying function execution.")
            guard !Task.isCancelled, (try? await clock.sleep(for: pause)) != nil else {
                logRetry(.warning, function, "Invocation cancelled - exiting retry loop.")
                return outcome
            }
        }
    }

    private func logRetry(_ level: LogLevel, _ function: LoadedFunction, _ message: String) {
        log.log(LogRecord(level: level, category: function.category, message: message))
    }

    /// Hands a message to a queue function.
    package func receive(_ function: LoadedFunction, _ instance: any QueueFunction, _ message: QueueMessage) async
        -> InvocationOutcome
    {
        await run(function, retryCount: message.dequeueCount - 1) {
            try await instance.receive(message, context: $0)
        }
    }

    /// The outcome of an invocation that could not begin.
    package func refuse(_ function: LoadedFunction, _ reason: String) -> InvocationOutcome {
        finish(function, begin(function), .zero, InvocationRefusal(description: reason))
    }

    private func run(
        _ function: LoadedFunction,
        retryCount: Int,
        _ body: @escaping @Sendable (InvocationContext) async throws -> Void
    ) async -> InvocationOutcome {
        let context = begin(function, retryCount: retryCount)
        let start = clock.uptime
        var failure: (any Error)?
        do {
            try await withDeadline(of: function.name) { try await body(context) }
        } catch {
            failure = error
        }
        return finish(function, context, clock.uptime - start, failure)
    }

    /// Cancels `body` when the timeout passes. The run ends only when `body` does: a timer must not fire again, and a message
    /// not be delivered again, while the old run still works on it.
    private func withDeadline(
        of function: String,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        guard let timeout else { return try await body() }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await body()
                return true
            }
            group.addTask { [clock] in
                // Cancelled with the body; how that ends decides.
                guard (try? await clock.sleep(for: timeout)) != nil else { return false }
                throw FunctionTimeoutError(function: function, timeout: timeout)
            }
            defer { group.cancelAll() }
            while try await group.next() == false {}
        }
    }

    private func begin(_ function: LoadedFunction, traceParent: String? = nil, retryCount: Int = 0)
        -> InvocationContext
    {
        function.counters.begin()
        let id = ids.next()
        return InvocationContext(
            invocationID: id,
            functionName: function.name,
            deadline: timeout.map { clock.now + $0 },
            traceParent: traceParent,
            retryCount: retryCount,
            logger: Logger(sink: log, category: function.userCategory, invocationID: id)
        )
    }

    private func finish(
        _ function: LoadedFunction,
        _ context: InvocationContext,
        _ duration: Duration,
        _ failure: (any Error)?,
        request: HTTPRequest? = nil,
        response: HTTPResponse? = nil
    ) -> InvocationOutcome {
        function.counters.end(succeeded: failure == nil)
        let reason = failure.map(describe)
        log.logInvocation(
            HostLog.InvocationLine(
                function: function,
                id: context.invocationID,
                duration: duration,
                failure: reason,
                method: request?.method,
                path: request?.path,
                status: response?.status
            )
        )
        return InvocationOutcome(
            id: context.invocationID,
            duration: duration,
            failure: reason,
            response: response
        )
    }
}

/// What an error says of itself; the type's name when it says nothing.
func describe(_ error: any Error) -> String { String(describing: error) }
