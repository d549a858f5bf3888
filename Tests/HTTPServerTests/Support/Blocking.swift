import Glibc

/// Runs blocking code on a thread of its own: on Swift's few threads it would keep the server's calls from going on.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        let work = Unmanaged.passRetained(Work { continuation.resume(with: Swift.Result(catching: body)) })
        var thread = pthread_t()
        let result = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            work.toOpaque()
        )
        if result == 0 {
            pthread_detach(thread)
        } else {
            work.release()
            continuation.resume(throwing: TestClient.Failure(reason: "no thread"))
        }
    }
}

private final class Work: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
