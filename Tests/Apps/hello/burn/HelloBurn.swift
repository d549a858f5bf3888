public import FunctionKit

/// Computes for as long as it is asked to, at most ten seconds.
public struct HelloBurn: HTTPFunction {
    private let clock: any AppClock

    /// Keeps the clock.
    public init(app: AppContext) { clock = app.clock }

    /// Computes for `?ms=` milliseconds without suspending; with `?then=`, it then waits for so many milliseconds.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        guard let milliseconds = request.queryValue("ms").flatMap(Int.init), (0...10_000).contains(milliseconds) else {
            throw HTTPError(.badRequest, code: "invalid_ms", message: "'ms' must be a number from 0 to 10000.")
        }
        let end = clock.uptime + .milliseconds(milliseconds)
        var rounds = 0
        while clock.uptime < end { rounds += 1 }
        if let rest = request.queryValue("then").flatMap(Int.init), (1...10_000).contains(rest) {
            try await clock.sleep(for: .milliseconds(rest))
        }
        return .text("burned \(milliseconds) ms")
    }
}
