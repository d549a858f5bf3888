import FunctionKit
import Glibc
import Testing

/// `postern settings`, and what a start makes of `local.settings.json`.
struct SettingsCommandTests {
    private func app(_ settings: String? = nil) throws -> ScratchFolder {
        let app = try ScratchFolder()
        try app.write(#"{"version":"2.0"}"#, to: "host.json")
        if let settings { try app.write(settings, to: "local.settings.json") }
        return app
    }

    @Test func settingsAreAddedListedAndDeleted() async throws {
        let app = try app(
            "{\n  // kept\n  \"IsEncrypted\": false,\n  \"Values\": {\n    \"A\": \"old-value\"\n  }\n}\n"
        )
        let place = ["--app", app.path]
        for words in [["add", "A", "new-value"], ["add", "B", ""], ["add", "Db", "Server=x", "--connection-string"]] {
            let result = try await runPostern(["settings"] + words + place)
            #expect(result.ending == .exited(0), "\(result.errors)")
            #expect(result.output.isEmpty)
        }
        let hidden = try await runPostern(["settings", "list"] + place)
        #expect(hidden.output == "A\t*****\nB\t*****\nConnectionStrings:Db\t*****\n")
        let json = try await runPostern(["settings", "list", "--json"] + place)
        #expect(!json.output.contains("new-value"))
        let shown = try await runPostern(["settings", "list", "--show-values"] + place)
        #expect(shown.output == "A\tnew-value\nB\t\nConnectionStrings:Db\tServer=x\n")
        #expect(try await runPostern(["settings", "delete", "A"] + place).ending == .exited(0))
        let again = try await runPostern(["settings", "delete", "A"] + place)
        #expect(again.ending == .exited(65))
        #expect(again.errors.contains("local.settings.json has no setting 'A' in Values."))
        #expect(
            app.read("local.settings.json")
                == "{\n  // kept\n  \"IsEncrypted\": false,\n  \"Values\": {\n    \"B\": \"\"\n  },\n"
                + "  \"ConnectionStrings\": {\n    \"Db\": \"Server=x\"\n  }\n}\n"
        )
    }

    @Test func aValueComesFromStandardInputAndTheFileIsForItsOwner() async throws {
        let app = try app()
        let process = try ChildProcess(
            "/bin/sh",
            ["-c", "printf 'hush\\n' | \"$0\" settings add KEY - --app \"$1\"", Workplace.postern, app.path],
            environment: RunningHost.environment
        )
        #expect(await process.waitForEnd() == .exited(0), "\(process.errors)")
        #expect(app.read("local.settings.json")?.contains(#""KEY": "hush""#) == true)
        var status = stat()
        #expect(stat(app.path + "/local.settings.json", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test func changesAtOnceAreAllKept() async throws {
        let app = try app()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<12 {
                group.addTask {
                    let result = try await runPostern(["settings", "add", "K\(index)", "\(index)", "--app", app.path])
                    #expect(result.ending == .exited(0), "\(result.errors)")
                }
            }
            try await group.waitForAll()
        }
        let listed = try await runPostern(["settings", "list", "--app", app.path]).output
        #expect(listed.split(separator: "\n").count == 12)
        #expect(app.names(in: "") == ["host.json", "local.settings.json"])
    }

    @Test(
        arguments: [
            (nil, ["add", "A=B", "x"], 78, "cannot be the name of a setting"),
            (nil, ["add", "A"], 64, "The setting's value is missing; '-' is standard input."),
            (nil, ["add"], 64, "The setting's name is missing."), (nil, [], 64, "An action is missing: check, list"),
            (nil, ["dance"], 64, "'dance' is not an action of 'settings'."),
            ("{", ["add", "A", "x"], 78, "local.settings.json is not JSON: line 1"),
            (#"{"Values":{"A":"secret"}}"#, ["add", "B", "x"], 78, "'IsEncrypted' is missing, which counts as true."),
            (#"{"IsEncrypted":true,"Values":{"A":"secret"}}"#, ["list"], 78, "Failed to decrypt settings."),
        ] as [(String?, [String], Int32, String)]
    )
    func whatCannotBeMeantChangesNothing(text: String?, words: [String], exitCode: Int32, reason: String) async throws {
        let app = try app(text)
        let result = try await runPostern(["settings"] + words + ["--app", app.path])
        #expect(result.ending == .exited(exitCode))
        #expect(result.errors.contains(reason), "\(result.errors)")
        #expect(!result.errors.contains("secret"))
        #expect(app.read("local.settings.json") == text)
    }

    @Test func settingsBelongToAnApp() async throws {
        let folder = try ScratchFolder()
        let result = try await runPostern(["settings", "add", "A", "x", "--app", folder.path])
        #expect(result.ending == .exited(78))
        #expect(result.errors.contains("Unable to find project root."), "\(result.errors)")
        #expect(folder.names(in: "").isEmpty)
    }

    @Test(
        arguments: [
            (
                #"{"IsEncrypted":false,"Values":{"A":"1","B":null}}"#,
                [
                    "Skipping 'A' from local settings as it's already defined in current environment variables.",
                    "Skipping 'B' from local settings as it has no value.",
                ]
            ),
            (
                "{\"IsEncrypted\":false,\"Values\":{\"X\":{}}}",
                [
                    "Ensure it is a valid JSON file. The value of 'X' at line 1, column 36 is an object. "
                        + "None of its settings are in force."
                ]
            ),
        ] as [(String, [String])]
    )
    func aStartSaysWhatItMakesOfTheFile(text: String, lines: [String]) async throws {
        let app = try app(text)
        let host = try await RunningHost(app: app.path, data: app, settings: ["A": "environment"])
        for line in lines { #expect(await host.process.waitForOutput(line), "\(host.process.output)") }
        await host.stop()
    }

    @Test func aFileThatIsNotUnderstoodFailsTheCheck() async throws {
        let app = try app("{\"Values\": ")
        let result = try await runPostern(["settings", "check", "--app", app.path])
        #expect(result.ending == .exited(78))
        #expect(result.errors.contains("Failed to read app settings file at"), "\(result.errors)")
    }

    @Test func pagesOfTheNamedOriginsMayCall() async throws {
        let host = try await RunningHost(
            app: Workplace.app("hello"),
            arguments: ["--cors", "http://localhost:3000", "--cors-credentials"]
        )
        let page: HTTPFields = ["Origin": "http://localhost:3000"]
        let answer = try await host.send(.get, "/api/hello", headers: page)
        #expect(answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000")
        #expect(answer.headers["Access-Control-Allow-Credentials"] == "true")
        #expect(answer.headers["Vary"] == "Origin")
        let other = try await host.send(.get, "/api/hello", headers: ["Origin": "http://localhost:3001"])
        #expect(other.status == 200)
        #expect(other.headers["Access-Control-Allow-Origin"] == nil)
        let preflight = try await host.send(
            .options,
            "/api/hello",
            headers: [
                "Origin": "http://localhost:3000", "Access-Control-Request-Method": "PUT",
                "Access-Control-Request-Headers": "x-functions-key",
            ]
        )
        #expect(preflight.status == 204)
        #expect(preflight.headers["Access-Control-Allow-Methods"] == "PUT")
        #expect(preflight.headers["Access-Control-Allow-Headers"] == "x-functions-key")
        #expect(preflight.headers["Access-Control-Max-Age"] == nil)
        await host.stop()
    }

    @Test func everyOriginWithCredentialsStopsTheStart() async throws {
        let app = try app(#"{"Host":{"CORS":"*"}}"#)
        let result = try await runPostern(["start", "--app", app.path, "--port", "0", "--cors-credentials"])
        #expect(result.ending == .exited(78))
        #expect(
            result.errors.contains(
                "--cors-credentials: It cannot be true while CORS is \"*\", since then any site could act"
            )
        )
    }
}
