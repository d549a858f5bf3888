import FunctionKit
import Testing

/// Requests that wait for their turn or are refused, and executions that are repeated or run out of time.
struct ThrottlingTests {
    @Test func requestsWaitAndBeyondTheLimitAreRefused() async throws {
        let app = try MirrorApp(
            host: """
                {"version": "2.0", "extensions": {"http": {"maxConcurrentRequests": 1, "maxOutstandingRequests": 2,
                  "customHeaders": {"X-Own": "1"}}}}
                """,
            ["f": ("", "")]
        )
        let host = try await app.start()
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<6 { group.addTask { try await host.send(.get, "/api/f?hold=1000") } }
            // Admin calls need no place.
            #expect(try await host.send(.get, "/admin/host/ping").status == 200)
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(answers.map(\.status).sorted() == [200, 200, 429, 429, 429, 429])
        for answer in answers {
            #expect(answer.headers["X-FUNCTION-SCALEOUT"] == (answer.status == 429 ? "1" : nil))
            #expect(answer.headers["X-Own"] == "1")
        }
        #expect(await host.process.waitForOutput("Http request queue limit of 2 has been exceeded."))
        #expect(try await host.send(.get, "/api/f").status == 200)
        await host.stop()
    }

    @Test func aFailedRequestIsRepeatedWhileItsClientWaits() async throws {
        let retry = #""retry": {"strategy": "fixedDelay", "maxRetryCount": 3, "delayInterval": "00:00:00.01"}"#
        let host = try await MirrorApp(["again": ("", retry), "once": ("", "")]).start()
        #expect(host.process.output.contains("Soon retries will not be supported for function 'again'."))
        // Larger than the server keeps in memory before it calls the function.
        let body = String(repeating: "x", count: 500_000)
        let sight: Sight = try await host.send(.post, "/api/again?fail=2", body: body).decode()
        #expect(sight.retryCount == 2)
        #expect(sight.maxRetryCount == 3)
        #expect(sight.lastError == "failure 1")
        #expect(sight.bodyBytes == 500_000)
        #expect(try await host.send(.get, "/api/again?fail=4").status == 500)
        #expect(await host.process.waitForOutput("Function execution failed after '3' retries."))
        let tooLong = try await host.send(.post, "/api/again?fail=1", body: String(repeating: "x", count: 2_000_000))
        #expect(tooLong.status == 500)
        #expect(await host.process.waitForOutput("The execution is not repeated"))
        let once: Sight = try await host.send(.get, "/api/once").decode()
        #expect(once.maxRetryCount == nil)
        #expect(try await host.send(.get, "/api/once?fail=1").status == 500)
        await host.stop()
    }

    @Test(arguments: ["", #""retry": {"strategy": "fixedDelay", "maxRetryCount": 1, "delayInterval": "0"}"#])
    func anOverdueRequestIsAnswered500(retry: String) async throws {
        let app = try MirrorApp(
            host: #"{"version": "2.0", "functionTimeout": "00:00:01"}"#,
            ["slow": ("", retry), "fast": ("", "")]
        )
        let host = try await app.start()
        let answer = try await host.send(.get, "/api/slow?hold=60000")
        #expect(answer.status == 500)
        #expect(
            await host.process.waitForOutput("Timeout value of 00:00:01 exceeded by function 'Functions.slow' (Id: '")
        )
        #expect(await host.process.waitForOutput("Timeout value of 00:00:01 was exceeded by function: Functions.slow"))
        if !retry.isEmpty {
            #expect(await host.process.waitForOutput("Function execution failed after '1' retries."))
        }
        #expect(try await host.send(.get, "/api/fast").status == 200)
        await host.stop()
    }
}
