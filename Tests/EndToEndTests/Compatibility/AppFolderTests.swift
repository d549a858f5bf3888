import FunctionKit
import Testing

/// Habits of Azure's app folders, on the real binary: what stands where, and who hears of it.
struct AppFolderTests {
    private func settings(_ values: String) -> String { #"{"IsEncrypted": false, "Values": {\#(values)}}"# }

    @Test func localSettingsOverrideHostJSON() async throws {
        let app = try MirrorApp(
            host: #"{"version": "2.0", "functions": ["a", "b"], "extensions": {"http": {"routePrefix": "file"}}}"#,
            ["a": ("", ""), "b": ("", ""), "c": ("", "")]
        )
        try app.folder.write(
            settings(
                """
                "AzureFunctionsJobHost__extensions__http__routePrefix": "local",
                "AzureFunctionsJobHost__functions__1": "C", "AzureFunctionsJobHost__retry__strategy": "fixedDelay",
                "AzureFunctionsJobHost__retry__maxRetryCount": 1, "AzureFunctionsJobHost__retry__delayInterval": "00:00:00",
                "AzureFunctionsJobHost__extensions__http__customHeaders__X-From": "local"
                """
            ),
            to: "local.settings.json"
        )
        let header = "AzureFunctionsJobHost__extensions__http__customHeaders__X-From"
        let host = try await app.start(settings: [header: "env"])
        for (path, status) in [
            ("/local/a", 200), ("/local/c", 200), ("/local/b", 404), ("/file/a", 404), ("/api/a", 404),
            ("/local/a?fail=1", 200), ("/local/a?fail=2", 500),
        ] {
            let answer = try await host.send(.get, path)
            #expect(answer.status == status, "\(path)")
            #expect(answer.headers["X-From"] == "env", "The environment comes first")
        }
        let routes = try await runPostern(["routes", "--app", app.folder.path])
        #expect(routes.output.contains("/local/a"), "\(routes.output)")
        await host.stop()
    }

    @Test func aManualFunctionRunsByHandAlone() async throws {
        let host = try await RunningHost(app: Workplace.app("mirror"))
        let key: HTTPFields = ["x-functions-key": try await host.masterKey()]
        let path = "/admin/functions/by-hand"
        #expect(host.process.output.contains("by-hand: manualTrigger"))
        #expect(try await host.send(.post, path, headers: key, body: #"{"input": "a b"}"#).status == 202)
        #expect(await host.process.waitForOutput("Run with 'a b'."))
        let failed = try await host.send(.post, path + "?wait=true", headers: key, body: #"{"input": "fail"}"#)
        #expect(failed.status == 200)
        #expect(failed.body.contains(#""error":"failure 0""#), "\(failed.body)")
        let empty = try await host.send(.post, path + "?wait=true", headers: key, body: "{}")
        #expect(empty.body.contains(#""status":"succeeded""#))
        #expect(await host.process.waitForOutput("Run with ''."))
        let shown = try await host.send(.get, path, headers: key)
        #expect(shown.body.contains(#""invoke_url_template":null"#))
        await host.stop()
    }

    @Test func anOverdueFunctionIsAnsweredWithoutABody() async throws {
        let host = try await MirrorApp(
            host: #"{"version": "2.0", "functionTimeout": "00:00:01"}"#,
            [
                "f": ("", ""),
                "r": ("", #""retry": {"strategy": "fixedDelay", "maxRetryCount": 0, "delayInterval": "0"}"#),
            ]
        ).start()
        for path in ["/api/f?hold=5000", "/api/r?hold=5000", "/api/f?fail=1"] {
            let answer = try await host.send(.get, path)
            #expect(answer.status == 500)
            #expect(answer.body.isEmpty, "\(answer.body)")
        }
        await host.stop()
    }
}
