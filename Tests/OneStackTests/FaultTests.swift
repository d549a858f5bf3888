import FunctionKit
import FunctionTesting
import OneStack
import StackFaults
import StackPSAChanges
import StackPSATickets
import StackState
import Testing

/// Products that misbehave on purpose, so that the portal's side can be tested.
struct FaultTests {
    private static let changes = HTTPRequest.peer(.get, "/psa", key: "psa-key", query: "tenant_id=t")

    private func set(_ app: TestApp, _ body: String) async throws -> Answer {
        try await app.call(StackFaults.self, .operate("", body))
    }

    @Test(arguments: [
        ("down", 503, "text/plain; charset=utf-8"), ("429", 429, "application/json"), ("500", 500, "application/json"),
        ("html", 200, "text/html; charset=utf-8"),
    ])
    func faultReplacesTheAnswer(mode: String, status: Int, contentType: String) async throws {
        let app = TestApp.sandbox()
        #expect(try await set(app, #"{"psa":"\#(mode)"}"#).text == #"{"psa":{"mode":"\#(mode)"}}"#)
        let answer = try await app.call(StackPSAChanges.self, Self.changes)
        #expect(answer.status == status)
        #expect(answer.headers["Content-Type"] == contentType)
        #expect(answer.headers["Retry-After"] == (mode == "429" ? "1" : nil))
        #expect(try await set(app, #"{"psa":null}"#).text == "{}")
        #expect(try await app.call(StackPSAChanges.self, Self.changes).status == 200)
    }

    @Test func faultIsUsedUp() async throws {
        let app = TestApp.sandbox()
        _ = try await set(app, #"{"psa":{"mode":"429","seconds":7,"times":2}}"#)
        var statuses: [Int] = []
        for _ in 0..<3 {
            let answer = try await app.call(StackPSAChanges.self, Self.changes)
            statuses.append(answer.status)
            #expect(answer.headers["Retry-After"] == (answer.status == 429 ? "7" : nil))
        }
        #expect(statuses == [429, 429, 200])
    }

    @Test func slowProductWaits() async throws {
        let app = TestApp.sandbox()
        _ = try await set(app, #"{"psa":{"mode":"slow","seconds":30}}"#)
        async let answer = app.call(StackPSAChanges.self, Self.changes)
        await app.clock.waitForSleepers()
        #expect(app.clock.timeToNextSleeper == .seconds(30))
        app.clock.advance(by: .seconds(30))
        #expect(try await answer.status == 200)
    }

    @Test func halfAnAnswerComesAfterTheWork() async throws {
        let app = TestApp.sandbox()
        _ = try await set(app, #"{"psa":{"mode":"half","times":1}}"#)
        let request = HTTPRequest.peer(
            .post,
            "/psa/portal/tickets",
            key: "psa-key",
            idempotencyKey: "k",
            body: #"{"tenant_id":"t","subject":"s"}"#
        )
        let function = try await StackPSATickets(app: app.context())
        let response = try await function.respond(to: request, context: app.invocation())
        #expect(response.status == .created)
        let source = response.body.makeSource()
        let firstHalf = try await source()
        #expect(firstHalf.map { $0.count * 2 <= response.body.length ?? 0 } == true)
        await #expect(throws: (any Error).self) { _ = try await source() }
        // The ticket is there: the same key finds it.
        #expect(try await app.call(StackPSATickets.self, request).status == 200)
    }

    @Test(arguments: [
        "", "[]", #"{"psa":"tired"}"#, #"{"crm":"down"}"#, #"{"psa":{"mode":"slow","seconds":121}}"#,
        #"{"psa":{"mode":"slow","seconds":-1}}"#, #"{"psa":{"mode":"down","times":0}}"#, #"{"psa":{}}"#,
    ])
    func malformedFaultIsRefused(body: String) async throws {
        let app = TestApp.sandbox()
        #expect(try await set(app, body).status == 400)
        #expect(try await app.call(StackPSAChanges.self, Self.changes).status == 200)
    }

    @Test func callsAreNotedWithoutCredentials() async throws {
        struct State: Decodable {
            struct Call: Decodable {
                var peer, method, path: String
                var query: String?
                var headers: [String: String]
            }
            var calls: [Call]
        }
        let app = TestApp.sandbox()
        let headers: HTTPFields = ["Cookie": "portal_session=secret", "X-Request-Id": "r-1"]
        for key in ["psa-key", "wrong-key"] {
            let request = HTTPRequest.peer(.get, "/psa", key: key, headers: headers, query: "tenant_id=t")
            _ = try await app.call(StackPSAChanges.self, request)
        }
        let answer = try await app.call(StackState.self, HTTPRequest(path: "/sandbox/state", query: "peer=psa"))
        let calls = try answer.json(State.self).calls
        #expect(Set(calls.map { $0.headers["authorization"] }) == ["(the right key)", "(not the right key)"])
        #expect(calls.allSatisfy { $0.headers["cookie"] == "(present)" && $0.headers["x-request-id"] == "r-1" })
        for secret in ["psa-key", "wrong-key", "portal_session=secret"] { #expect(!answer.text.contains(secret)) }
        app.clock.advance(by: .seconds(3601))
        let later = try await app.call(StackState.self, HTTPRequest(path: "/sandbox/state", query: "peer=psa"))
        #expect(try later.json(State.self).calls.isEmpty)
    }
}
