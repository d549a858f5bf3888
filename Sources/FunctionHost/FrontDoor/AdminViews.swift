import FunctionKit

/// How a run that was waited for ended: what the admin API answers and `postern run` reads.
package struct ManualRunOutcome: Codable, Sendable {
    /// What an HTTP function answered.
    package struct Response: Codable, Sendable {
        /// The status code.
        package var status: Int
        /// The body as text; nil when it was streamed.
        package var body: String?
    }

    /// The function's name.
    package var function: String
    /// The invocation's id.
    package var invocationID: String
    /// True when the function returned normally and answered no 5xx.
    package var succeeded: Bool { status == "succeeded" }
    /// `succeeded` or `failed`.
    package var status: String
    /// How long it ran.
    package var durationMilliseconds: Int64
    /// What went wrong; nil when it succeeded.
    package var error: String?
    /// What an HTTP function answered; nil for others.
    package var response: Response?

    init(_ function: LoadedFunction, _ outcome: InvocationOutcome) {
        self.function = function.name
        invocationID = outcome.id.description
        let failedStatus = (outcome.response?.status.rawValue ?? 200) >= 500
        status = outcome.succeeded && !failedStatus ? "succeeded" : "failed"
        durationMilliseconds = outcome.duration.wholeMilliseconds
        error = outcome.failure
        response = outcome.response.map {
            Response(status: $0.status.rawValue, body: $0.body.bytes.map { String(decoding: $0, as: UTF8.self) })
        }
    }

    private enum CodingKeys: String, CodingKey {
        case function
        case invocationID = "invocation_id"
        case status
        case durationMilliseconds = "duration_ms"
        case error
        case response
    }
}
