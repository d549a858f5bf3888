import FunctionKit
import Testing

/// What the host itself answers, and what it adds to every answer.
struct FixedAnswersTests {
    @Test func aBodyOverTheLimitIsRefused() async throws {
        let host = try await MirrorApp(["f": ("", "")]).start(settings: ["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT": "1000"])
        let fits = try await host.send(.post, "/api/f", body: String(repeating: "x", count: 1000))
        #expect(try fits.decode(Sight.self).bodyBytes == 1000)
        #expect(try await host.send(.post, "/api/f", body: String(repeating: "x", count: 1001)).status == 413)
        let chunked = try await exchange(
            "POST /api/f HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n"
                + String(repeating: "x", count: 1001) + "\r\n0\r\n\r\n",
            port: host.port
        )
        #expect(chunked.hasPrefix("HTTP/1.1 413 "))
        #expect(try await host.send(.post, "/admin/host/ping", body: String(repeating: "x", count: 1001)).status == 413)
        await host.stop()
    }

    @Test func aLimitThatIsNoneIsTold() async throws {
        let host = try await MirrorApp(["f": ("", "")]).start(settings: ["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT": "big"])
        #expect(await host.process.waitForOutput("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: 'big' is not a whole number"))
        #expect(try await host.send(.post, "/api/f", body: "x").status == 200)
        await host.stop()
    }

    @Test func theHomePageCanBeSwitchedOff() async throws {
        let host = try await MirrorApp(["f": ("", "")]).start(settings: ["AzureWebJobsDisableHomepage": "True"])
        let page = try await host.send(.get, "/")
        #expect(page.status == 204)
        #expect(page.body.isEmpty)
        await host.stop()
    }

    @Test func customHeadersAreOnEveryAnswer() async throws {
        let app = try MirrorApp(
            host: """
                {"version": "2.0", "functionTimeout": "00:00:01", "extensions": {"http": {
                  "customHeaders": {"X-Content-Type-Options": "nosniff", "Content-Type": "text/never"},
                  "hsts": {"isEnabled": true, "maxAge": "10", "excludedHosts": ["no.example"]}}}}
                """,
            ["f": ("", ""), "locked": (#""authLevel": "function""#, "")]
        )
        let host = try await app.start()
        for (path, status) in [
            ("/api/f", 200), ("/api/f?fail=9", 500), ("/api/f?hold=9000", 500), ("/api/locked", 401),
            ("/api/none", 404), ("/", 200),
            ("/admin/host/status", 401), ("/admin/host/ping", 200),
        ] {
            let answer = try await host.send(.get, path)
            #expect(answer.status == status)
            #expect(answer.headers["X-Content-Type-Options"] == "nosniff", "\(path)")
        }
        // Anybody can say that a proxy has taken the request by HTTPS.
        let claimed = try await exchange(
            "GET /api/f HTTP/1.1\r\nHost: app.example\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n",
            port: host.port
        )
        #expect(claimed.hasPrefix("HTTP/1.1 200 "))
        #expect(!claimed.contains("Strict-Transport-Security"))
        #expect(try await host.send(.get, "/api/f").headers["Content-Type"] == "application/json")
        await host.stop()
    }

    @Test func transportSecurityIsToldBehindATrustedProxy() async throws {
        let app = try MirrorApp(
            host: """
                {"version": "2.0", "extensions": {"http": {"hsts": {"isEnabled": true, "maxAge": "10.00:00:00",
                  "includeSubDomains": true, "excludedHosts": ["no.example"]}}}}
                """,
            ["f": ("", "")]
        )
        let host = try await app.start(settings: ["ASPNETCORE_FORWARDEDHEADERS_ENABLED": "true"])
        let rows: [(String, String, String?)] = [
            ("app.example", "https", "max-age=864000; includeSubDomains"), ("app.example", "http", nil),
            ("no.example", "https", nil), ("localhost", "https", nil),
        ]
        for (name, scheme, field) in rows {
            let answer = try await exchange(
                "GET /api/f HTTP/1.1\r\nHost: \(name)\r\nX-Forwarded-Proto: \(scheme)\r\nConnection: close\r\n\r\n",
                port: host.port
            )
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            #expect(answer.contains("\r\nStrict-Transport-Security: \(field ?? "")") == (field != nil))
        }
        await host.stop()
    }

    @Test func requestsAreLoggedWhenAskedFor() async throws {
        let app = try MirrorApp(
            host:
                #"{"version": "2.0", "logging": {"logLevel": {"Microsoft.Azure.WebJobs.Script.WebHost": "Information"}}}"#,
            ["f": ("", "")]
        )
        let host = try await app.start()
        _ = try await host.send(.get, "/api/f?code=secret", headers: ["X-ARR-LOG-ID": "id-1", "User-Agent": "te\"st"])
        #expect(
            await host.process.waitForOutput(
                #"Executing HTTP request: {"requestId": "id-1", "method": "GET", "userAgent": "te\"st", "uri": "/api/f"}"#
            )
        )
        #expect(
            await host.process.waitForOutput(
                #"Executed HTTP request: {"requestId": "id-1", "identities": "", "status": "200", "duration": ""#
            )
        )
        #expect(!host.process.output.contains("secret"))
        await host.stop()
    }

    @Test func theAppIsWarmedUpOnce() async throws {
        let host = try await RunningHost(app: Workplace.app("mirror"))
        for _ in 0..<3 { #expect(try await host.send(.get, "/admin/warmup").status == 200) }
        #expect(try await host.send(.post, "/admin/warmup").status == 404)
        // An ordinary route, here of the function that takes every path.
        #expect(try await host.send(.get, "/api/warmup").decode(Sight.self).function == "looking-glass")
        #expect(await host.process.waitForOutput("Executed 'Functions.warmup' (Succeeded"))
        await host.stop()
        #expect(host.process.output.components(of: "Warm now.") == 1)
    }

    @Test func anAppWithoutAWarmupFunctionIsWarm() async throws {
        let host = try await MirrorApp(["warmup": ("", "")]).start()
        #expect(try await host.send(.get, "/admin/warmup").status == 200)
        #expect(!host.process.output.contains("Executing 'Functions.warmup'"))
        #expect(try await host.send(.get, "/api/warmup").status == 200)
        await host.stop()
    }
}

extension String {
    /// How often a text stands in this one.
    fileprivate func components(of text: String) -> Int {
        split(separator: text, omittingEmptySubsequences: false).count - 1
    }
}
