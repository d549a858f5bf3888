package import FunctionKit

/// Runs functions: gives each invocation its id, context and deadline, counts it, logs one line when it has ended, and repeats
/// failed executions where a retry policy says so.
package struct Invoker: Sendable {
    let clock: any AppClock
    let log: HostLog
    let random: any RandomSource
    private let ids: InvocationIDSource
    /// `retry` of `host.json`, for functions whose function.json has none.
    let retry: RetryPolicy?
    /// Whether overdue HTTP calls are ended here and not by the server, which knows nothing of attempts and of waiting.
    let endsOverdueCalls: Bool
    /// What waits for another attempt.
    let retries = OutstandingRetries()
    /// The deadlines of the runs that go on.
    let deadlines: DeadlineWatch
    /// `functionTimeout`; nil for none.
    package let timeout: Duration?
    private let timeoutMilliseconds: Int64?

    /// Makes an invoker.
    ///
    /// - Parameter endsOverdueCalls: see ``Invoker/endsOverdueCalls(_:_:)``; without it the server ends them.
    package init(
        clock: any AppClock,
        random: any RandomSource,
        log: HostLog,
        timeout: Duration?,
        retry: RetryPolicy? = nil,
        endsOverdueCalls: Bool = false
    ) {
        self.random = random
        self.retry = retry
        self.clock = clock
        self.log = log
        self.timeout = timeout
        timeoutMilliseconds = timeout?.wholeMilliseconds
        self.endsOverdueCalls = endsOverdueCalls
        ids = InvocationIDSource(random: random)
        deadlines = DeadlineWatch(clock: clock)
    }

    /// How many executions failed and wait for their next attempt now.
    package var outstandingRetries: Int { retries.count }

    /// Fires a timer function, and again after each failure as far as its retry policy says.
    package func fire(_ function: LoadedFunction, _ instance: any TimerHandling, _ timer: TimerInfo) async
        -> InvocationOutcome
    {
        await fire(function, instance, timer, cause: .call)
    }

    /// The same for a run that is not asked for by hand.
    func fire(
        _ function: LoadedFunction,
        _ instance: any TimerHandling,
        _ timer: TimerInfo,
        cause: InvocationCause
    ) async -> InvocationOutcome {
        guard let policy = function.descriptor.retry ?? retry else {
            return await run(function, cause) { try await instance.fire(timer, context: $0) }
        }
        return await repeating(function, policy) { progress in
            await run(function, cause, retry: progress) { try await instance.fire(timer, context: $0) }
        }
    }

    /// Lets a function warm the app up.
    package func warmUp(_ function: LoadedFunction, _ instance: any WarmupFunction) async -> InvocationOutcome {
        await run(function, .call) { try await instance.warmUp(context: $0) }
    }

    /// Runs a function that nothing else runs, and again after each failure as far as its retry policy says.
    package func runByHand(_ function: LoadedFunction, _ instance: any ManualFunction, _ input: String) async
        -> InvocationOutcome
    {
        guard let policy = function.descriptor.retry ?? retry else {
            return await run(function, .call) { try await instance.run(input, context: $0) }
        }
        return await repeating(function, policy) { progress in
            await run(function, .call, retry: progress) { try await instance.run(input, context: $0) }
        }
    }

    /// The outcome of an invocation that could not begin.
    package func refuse(_ function: LoadedFunction, _ reason: String) -> InvocationOutcome {
        finish(function, begin(function), 0, InvocationRefusal(description: reason))
    }

    func run(
        _ function: LoadedFunction,
        _ cause: InvocationCause,
        retryCount: Int = 0,
        retry: RetryContext? = nil,
        _ body: @escaping @Sendable (InvocationContext) async throws -> Void
    ) async -> InvocationOutcome {
        let context = begin(function, cause, retryCount: retryCount, retry: retry)
        let start = clock.uptimeNanoseconds
        var failure: (any Error)?
        do {
            try await withDeadline(of: function, context) { try await body(context) }
        } catch {
            failure = error
        }
        return finish(function, context, clock.uptimeNanoseconds - start, failure)
    }

    func begin(
        _ function: LoadedFunction,
        _ cause: InvocationCause = .call,
        traceParent: String? = nil,
        retryCount: Int = 0,
        retry: RetryContext? = nil
    ) -> InvocationContext {
        function.counters.begin()
        let id = ids.next()
        if log.tellsBeginnings(of: function.category) { log.logBeginning(function, id, cause) }
        return InvocationContext(
            invocationID: id,
            functionName: function.name,
            deadline: timeoutMilliseconds.map { Timestamp(milliseconds: clock.now.milliseconds + $0) },
            traceParent: traceParent,
            retryCount: retryCount,
            retry: retry,
            logger: Logger(sink: log, category: function.userCategory, invocationID: id)
        )
    }

    func finish(
        _ function: LoadedFunction,
        _ context: InvocationContext,
        _ nanoseconds: Int64,
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
                milliseconds: nanoseconds / 1_000_000,
                failure: reason,
                method: request?.method,
                path: request?.path,
                status: response?.status
            )
        )
        return InvocationOutcome(
            id: context.invocationID,
            nanoseconds: nanoseconds,
            failure: reason,
            response: response
        )
    }
}

/// What an error says of itself; the type's name when it says nothing.
func describe(_ error: any Error) -> String { String(describing: error) }
