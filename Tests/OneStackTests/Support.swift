import FoundationEssentials
import FunctionKit
import FunctionTesting
import Synchronization

/// The sandbox's settings in tests.
let sandboxSettings = [
    "PSA_SERVICE_KEY": "psa-key",
    "BOOKS_SERVICE_KEY": "books-key",
    "MISSION_SERVICE_KEY": "mission-key",
    "PORTAL_INTEGRATION_KEY": "integration-key",
    "PORTAL_CLIENT_SSO_SECRET": "sso-secret",
    "LEGAL_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "PORTAL_URL": "http://portal.test/",
]

extension TestApp {
    /// A sandbox with all of its settings.
    static func sandbox(http: any HTTPClient = ScriptedHTTPClient.unreachable) -> TestApp {
        TestApp(settings: sandboxSettings, http: http)
    }

    /// Makes a function anew, as after a restart, and has it answer as the host does.
    func call<Function: HTTPFunction>(_ type: Function.Type, _ request: HTTPRequest) async throws -> Answer {
        let function = try await Function(app: context())
        do {
            let response = try await function.respond(to: request, context: invocation())
            return try await Answer(response)
        } catch let error as any HTTPResponseError {
            return try await Answer(error.response)
        }
    }

    /// Keeps the clock moving while `body` runs: lost transactions wait on it before they try again.
    func whileTimePasses<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let done = Flag()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !done.isSet.load(ordering: .acquiring) {
                    await clock.waitForSleepers()
                    clock.advance(by: .milliseconds(100))
                }
            }
            let result = try await body()
            done.isSet.store(true, ordering: .releasing)
            // One more sleeper, so that the task above wakes and sees that it is over.
            try await clock.sleep(for: .milliseconds(1))
            return result
        }
    }
}

/// Says once that something is over.
private final class Flag: Sendable {
    let isSet = Atomic(false)
}

/// A response with its body collected.
struct Answer: Sendable {
    var status: Int
    var headers: HTTPFields
    var text: String

    init(_ response: HTTPResponse) async throws {
        status = response.status.rawValue
        headers = response.headers
        text = String(decoding: try await response.body.collect(), as: UTF8.self)
    }

    /// The body, decoded.
    func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    /// The code of an error answer.
    var errorCode: String? {
        struct Envelope: Decodable {
            struct Content: Decodable { var code: String }
            var error: Content
        }
        return try? json(Envelope.self).error.code
    }
}

extension HTTPRequest {
    /// A call with a bearer key.
    static func peer(
        _ method: HTTPMethod,
        _ path: String,
        key: String?,
        idempotencyKey: String? = nil,
        headers: HTTPFields = [:],
        values: [String: String] = [:],
        query: String? = nil,
        body: String = ""
    ) -> HTTPRequest {
        var headers = headers
        if let key { headers["Authorization"] = "Bearer \(key)" }
        if let idempotencyKey { headers["Idempotency-Key"] = idempotencyKey }
        return HTTPRequest(
            method: method,
            path: path,
            query: query,
            headers: headers,
            body: HTTPBody(body),
            routeValues: values
        )
    }

    /// What the sandbox's page sends.
    static func operate(_ action: String, _ body: String) -> HTTPRequest {
        HTTPRequest(method: .post, path: "/sandbox", body: HTTPBody(body), routeValues: ["action": action])
    }
}
