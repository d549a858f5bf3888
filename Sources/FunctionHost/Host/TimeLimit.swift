import FunctionKit

/// Work took longer than it may.
struct TimeLimitExceeded: Error {}

/// Runs `body` for at most `limit`; when that has passed, or the caller is cancelled, `body` is cancelled and left behind.
///
/// For foreign code that may ignore its cancellation: a task group would wait for it, for ever. The limit is an entry in a watch,
/// because a sleep that is cancelled leaves its timer in the system until it would have ended: of ten thousand calls a second
/// that may take minutes, millions would be left.
///
/// - Parameter deadlines: where all limits are as long as this one.
/// - Throws: what `body` throws; ``TimeLimitExceeded``; `CancellationError`.
func withTimeLimit<Value: Sendable>(
    _ limit: Duration,
    _ deadlines: DeadlineWatch,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let race = Race<Value>()
    let entry = deadlines.add(within: limit) { race.decide(.failure(TimeLimitExceeded())) }
    // Unstructured, because it is not waited for once the race is decided.
    let work = Task {
        do { race.decide(.success(try await body())) } catch { race.decide(.failure(error)) }
    }
    defer {
        work.cancel()
        _ = deadlines.remove(entry)
    }
    return try await withTaskCancellationHandler {
        try await race.value
    } onCancel: {
        race.decide(.failure(CancellationError()))
    }
}

/// The first of several results, for one task that waits for it.
private final class Race<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var waiter: CheckedContinuation<Value, any Error>?
    }

    private let state = LockedState(State())

    func decide(_ result: Result<Value, any Error>) {
        let waiter = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            guard state.result == nil else { return nil }
            state.result = result
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(with: result)
    }

    var value: Value {
        get async throws {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state -> Result<Value, any Error>? in
                    if state.result == nil { state.waiter = continuation }
                    return state.result
                }
                if let result { continuation.resume(with: result) }
            }
        }
    }
}
