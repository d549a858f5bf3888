import FunctionKit
import Synchronization

/// Counts the executions that failed and wait for their next attempt.
final class OutstandingRetries: Sendable {
    private let waiting = Atomic<Int>(0)

    /// How many wait now.
    var count: Int { waiting.load(ordering: .relaxed) }

    func begin() { waiting.add(1, ordering: .relaxed) }
    func end() { waiting.subtract(1, ordering: .relaxed) }
}

extension Invoker {
    /// Repeats `attempt` after each failure as far as the policy says. Each attempt is an invocation with its own id and log
    /// line; the last one's outcome counts.
    ///
    /// - Parameter canRepeat: asked after a failure; false ends the repetitions with a warning.
    func repeating(
        _ function: LoadedFunction,
        _ policy: RetryPolicy,
        canRepeat: @Sendable () -> Bool = { true },
        _ attempt: @Sendable (RetryContext) async -> InvocationOutcome
    ) async -> InvocationOutcome {
        var progress = RetryContext(maxRetryCount: policy.maxRetryCount)
        while true {
            let outcome = await attempt(progress)
            guard !outcome.succeeded else { return outcome }
            if let max = policy.maxRetryCount, progress.retryCount >= max {
                note(.error, function, "Function execution failed after '\(progress.retryCount)' retries.")
                return outcome
            }
            guard canRepeat() else {
                let bound = ReplayableBody.bytesMax
                let reason = "its request's body was longer than \(bound) bytes or broke off, and cannot be read again."
                note(.warning, function, "The execution is not repeated: \(reason)")
                return outcome
            }
            progress.retryCount += 1
            progress.lastError = outcome.failure
            guard await pause(function, policy, before: progress.retryCount) else {
                note(.warning, function, "Invocation cancelled - exiting retry loop.")
                return outcome
            }
        }
    }

    /// Waits for the next attempt; false when the task is cancelled before it.
    private func pause(_ function: LoadedFunction, _ policy: RetryPolicy, before number: Int) async -> Bool {
        let pause = policy.pause(beforeRetry: number, fraction: random.fraction())
        let max = policy.maxRetryCount ?? -1
        note(
            .debug,
            function,
            "Waiting for `\(timeSpanText(pause))` before retrying function execution. "
                + "Next attempt: '\(number)'. Max retry count: '\(max)'."
        )
        retries.begin()
        defer { retries.end() }
        guard !Task.isCancelled else { return false }
        return (try? await clock.sleep(for: pause)) != nil
    }

    func note(_ level: LogLevel, _ function: LoadedFunction, _ message: String, id: InvocationID? = nil) {
        log.log(LogRecord(level: level, category: function.category, message: message, invocationID: id))
    }
}
