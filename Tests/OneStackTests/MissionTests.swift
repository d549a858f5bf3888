import FunctionKit
import FunctionTesting
import StackMission
import Testing

/// Mission: only the portal may ask, and it must say for whom.
struct MissionTests {
    private static let member: HTTPFields = [
        "X-Portal-Tenant-Id": "tnt_grace", "X-Portal-Tenant-Slug": "grace-mission", "X-Portal-User-Id": "u-1",
        "X-Portal-User-Email": "maria@grace.example",
    ]

    private func ask(
        _ app: TestApp,
        _ path: String,
        _ method: HTTPMethod = .get,
        headers: HTTPFields = member,
        key: String? = "mission-key",
        body: String = ""
    ) async throws -> Answer {
        let values = ["path": path]
        return try await app.call(
            StackMission.self,
            .peer(method, "/mission/\(path)", key: key, headers: headers, values: values, body: body)
        )
    }

    @Test(arguments: ["donations", "donations/stats", "events", "groups", "directory", "prayer"])
    func everyPageAnswers(path: String) async throws {
        let answer = try await ask(TestApp.sandbox(), path)
        #expect(answer.status == 200)
        #expect(answer.headers["Content-Type"] == "application/json")
        #expect(answer.headers["ETag"]?.hasPrefix("\"") == true)
    }

    @Test func giftsAreOnesOwn() async throws {
        let app = TestApp.sandbox()
        let mine = try await ask(app, "donations")
        #expect(mine.text.contains("50.00") && mine.text.contains("25.00") && !mine.text.contains("99.00"))
        #expect(try await ask(app, "donations/stats").text == #"{"count":2,"currency":"USD","total":"75.00"}"#)
        var stranger = Self.member
        stranger["X-Portal-Tenant-Id"] = "tnt_other"
        #expect(try await ask(app, "donations/stats", headers: stranger).text.contains("\"count\":0"))
        #expect(try await ask(app, "events", headers: stranger).text == #"{"items":[]}"#)
    }

    @Test func entityTagSavesTheBody() async throws {
        let app = TestApp.sandbox()
        let tag = try #require(try await ask(app, "prayer").headers["ETag"])
        for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
            var headers = Self.member
            headers["If-None-Match"] = known
            let answer = try await ask(app, "prayer", headers: headers)
            #expect(answer.status == 304 && answer.text.isEmpty && answer.headers["ETag"] == tag)
        }
        #expect(try await ask(app, "prayer", .post, body: #"{"text":"For rain."}"#).status == 201)
        var headers = Self.member
        headers["If-None-Match"] = tag
        let changed = try await ask(app, "prayer", headers: headers)
        #expect(changed.status == 200 && changed.text.contains("For rain."))
    }

    @Test(arguments: [
        "", "{", #"{"text":" "}"#, #"{"text":1}"#, #"{"text":"\#(String(repeating: "x", count: 2001))"}"#,
    ])
    func malformedPrayerIsRefused(body: String) async throws {
        #expect(try await ask(TestApp.sandbox(), "prayer", .post, body: body).status == 400)
    }

    @Test(arguments: ["X-Portal-Tenant-Id", "X-Portal-Tenant-Slug", "X-Portal-User-Id", "X-Portal-User-Email"])
    func memberMustBeNamed(missing: String) async throws {
        var headers = Self.member
        headers[missing] = nil
        let answer = try await ask(TestApp.sandbox(), "events", headers: headers)
        #expect(answer.status == 400)
        #expect(answer.text.contains(missing))
    }

    @Test func otherPathsAndKeysAreRefused() async throws {
        let app = TestApp.sandbox()
        for path in ["", "admin", "donations/all", "Events", "events/../donations"] {
            #expect(try await ask(app, path).status == 404)
        }
        #expect(try await ask(app, "events", .post).status == 404)
        #expect(try await ask(app, "events", key: nil).status == 401)
        #expect(try await ask(app, "events", key: "psa-key").status == 401)
    }
}
