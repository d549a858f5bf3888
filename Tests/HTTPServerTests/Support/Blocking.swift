import FunctionKit
import Glibc

/// Runs blocking code on a thread of its own: on Swift's few threads it would keep the server's calls from going on.
///
/// The continuation only wakes, and the result lies behind a lock: see "One lock" in ARCHITECTURE.md.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    let outcome = LockedState<Swift.Result<Result, any Error>>(.failure(TestClient.Failure(reason: "no thread")))
    await withCheckedContinuation { continuation in
        let work = Unmanaged.passRetained(
            Work {
                let result = Swift.Result(catching: body)
                outcome.withLock { $0 = result }
                continuation.resume()
            }
        )
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            work.toOpaque()
        )
        if code == 0 {
            pthread_detach(thread)
        } else {
            work.release()
            continuation.resume()
        }
    }
    return try outcome.withLock { $0 }.get()
}

private final class Work: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
