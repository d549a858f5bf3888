public import FunctionKit

/// Tells what it was called with, for tests that put it behind routes, keys and policies of their own.
public struct LookingGlass: HTTPFunction {
    /// What the function saw.
    struct Sight: Encodable {
        var function: String
        var method: String
        var route: [String: String]
        var data: [String: String]
        var bodyBytes: Int
        var retryCount: Int
        var maxRetryCount: Int?
        var lastError: String?
    }

    /// What `?fail=` asks for.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private let clock: any AppClock

    /// Keeps the clock.
    public init(app: AppContext) { clock = app.clock }

    /// Waits for `?hold=` milliseconds, fails the first `?fail=` attempts, then answers.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        if let hold = request.queryValue("hold").flatMap(Int.init) { try await clock.sleep(for: .milliseconds(hold)) }
        let body = try await request.body.collect(upTo: 64 << 20)
        if let failures = request.queryValue("fail").flatMap(Int.init), context.retryCount < failures {
            throw Failure(description: "failure \(context.retryCount)")
        }
        var whole = request
        whole.body = HTTPBody(body)
        return try .json(
            Sight(
                function: context.functionName,
                method: request.method.rawValue,
                route: request.routeValues,
                data: try await whole.bindingData(limit: 64 << 20),
                bodyBytes: body.count,
                retryCount: context.retryCount,
                maxRetryCount: context.retry?.maxRetryCount,
                lastError: context.retry?.lastError
            )
        )
    }
}
