import FunctionKit

/// The answer of `GET /admin/host/status`.
struct HostStatusView: Encodable {
    var id: String
    var state = "Running"
    var version: String
    var instanceId: String
    var processUptime: Int64
    var errors: [String]?

    init(_ app: RunningApp, now: Timestamp) {
        id = "postern"
        version = app.status.version
        instanceId = app.status.instanceID
        processUptime = (now - app.status.startedAt).wholeMilliseconds
        errors = app.problems.isEmpty ? nil : app.problems.map(\.description)
    }
}

/// A function in the answers of `GET /admin/functions`.
struct FunctionView: Encodable {
    var name: String
    var language = "swift"
    var isDisabled: Bool
    var trigger: String
    var succeeded: Int
    var failed: Int
    var running: Int

    init(_ function: LoadedFunction) {
        name = function.name
        isDisabled = function.descriptor.isDisabled
        trigger = function.descriptor.trigger.typeName
        succeeded = function.counters.succeeded
        failed = function.counters.failed
        running = function.counters.running
    }
}

/// How a run that was waited for ended.
struct OutcomeView: Encodable {
    struct Response: Encodable {
        var status: Int
        var body: String?
    }

    var function: String
    var invocationID: String
    var status: String
    var durationMilliseconds: Int64
    var error: String?
    var response: Response?

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
