import FunctionKit
import Testing

/// What the commands print, and with which code they exit.
struct CommandLineTests {
    @Test(
        arguments: [
            (["--help"], 0, "USAGE: postern COMMAND"),
            (["start", "--help"], 0, "USAGE: postern start"),
            (["--version"], 0, "postern 0."),
            (
                ["schedule", "0 */5 * * * *", "--from", "2003-01-01T00:00:00Z", "--count", "2"], 0,
                "2003-01-01T00:05:00Z\n2003-01-01T00:10:00Z\n"
            ),
            (
                ["schedule", "10-40/15 * * * *", "--from", "2003-01-01T00:00:00Z", "--count", "1", "--json"], 0,
                #""canonical": "10,25,40 * * * *""#
            ),
            (
                ["routes", "--app", Workplace.app("hello"), "--match", "GET /api/hello", "--json"], 0,
                #""function":"hello""#
            ),
            (
                ["routes", "--app", Workplace.app("hello"), "--match", "GET /api/none", "--json"], 0,
                #""function":null"#
            ),
            (["functions", "--app", Workplace.app("hello"), "--json"], 0, #""stream""#),
        ] as [([String], Int32, String)]
    )
    func prints(words: [String], exitCode: Int32, expected: String) async throws {
        let result = try await runPostern(words)
        #expect(result.ending == .exited(exitCode), "\(result.errors)")
        #expect(result.output.contains(expected), "\(result.output)")
    }

    @Test(
        arguments: [
            ([], 64, "USAGE: postern COMMAND"),
            (["dance"], 64, "'dance' is not a command."),
            (["start", "--colour", "red"], 64, "The option '--colour' is not known."),
            (["start", "--port"], 64, "The option '--port' needs a value."),
            (
                ["start", "--port", "70000"], 64,
                "'70000' is not a valid value for '--port'. Use a number from 0 to 65535."
            ),
            (["start", "--log", "xml"], 64, "Use 'console' or 'json'."),
            (["start", "now"], 64, "The argument 'now' is not expected."),
            (["start", "--app", "/nowhere"], 78, "The app folder '/nowhere' does not exist."),
            (["schedule", "bad * * * * *"], 64, "bad"),
            (["schedule"], 64, ""),
            (["run", "hello", "--data", "/nowhere", "--app", Workplace.app("hello")], 78, "/nowhere"),
            (["store", "dance"], 64, "'dance' is not an action of 'store'."),
            (["store", "tenants", "--data", "/nowhere"], 78, "The data folder '/nowhere' does not exist."),
        ] as [([String], Int32, String)]
    )
    func refuses(words: [String], exitCode: Int32, expected: String) async throws {
        let result = try await runPostern(words)
        #expect(result.ending == .exited(exitCode))
        #expect(result.errors.contains(expected), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test func theStoreTakesAndGivesBackDocuments() async throws {
        let folder = try ScratchFolder()
        try folder.write(
            #"""
            {"id":"T1","subject":"Printer","created_at":"2026-01-02T03:04:05Z"}
            {"id":"T2","subject":"Scanner"}

            """#,
            to: "tickets.jsonl"
        )
        let place = ["--data", folder.path + "/data", "--tenant", "acme-msp", "--collection", "tickets"]
        let imported = try await runPostern(["store", "import"] + place + [folder.path + "/tickets.jsonl"])
        #expect(imported.ending == .exited(0), "\(imported.errors)")
        let got = try await runPostern(["store", "get"] + place + ["T1"])
        #expect(got.output.hasPrefix(#"{"id":"T1","created_at":"2026-01-02T03:04:05.000Z","updated_at":"#))
        #expect(got.output.hasSuffix(#","subject":"Printer"}"# + "\n"))
        #expect(try await runPostern(["store", "tenants"] + place.prefix(2)).output == "acme-msp\n")
        #expect(try await runPostern(["store", "collections"] + place.prefix(4)).output == "tickets\t2\n")
        let exported = try await runPostern(["store", "export"] + place)
        #expect(exported.output.split(separator: "\n").count == 2)
        try folder.write(exported.output, to: "again.jsonl")
        #expect(
            try await runPostern(["store", "import"] + place + [folder.path + "/again.jsonl"]).ending == .exited(0)
        )
        let listed = try await runPostern(["store", "list"] + place + ["--json", "--limit", "1"])
        #expect(listed.output.hasPrefix(#"{"items":[{"id":"T1","#))
        #expect(!listed.output.contains("Scanner"))
        #expect(try await runPostern(["store", "verify"] + place.prefix(2)).ending == .exited(0))
    }

    @Test(arguments: [
        (#"{"subject":"no id"}"#, "Line 2 has no 'id'."),
        ("{", "Line 2"),
        (#"{"id":7}"#, "Line 2"),
        ("[]", "Line 2"),
    ])
    func aBadLineChangesNothing(line: String, reason: String) async throws {
        let folder = try ScratchFolder()
        try folder.write("{\"id\":\"T1\"}\n\(line)\n", to: "tickets.jsonl")
        let place = ["--data", folder.path + "/data", "--tenant", "acme-msp", "--collection", "tickets"]
        let imported = try await runPostern(["store", "import"] + place + [folder.path + "/tickets.jsonl"])
        #expect(imported.ending == .exited(65))
        #expect(imported.errors.contains(reason), "\(imported.errors)")
        #expect(try await runPostern(["store", "get"] + place + ["T1"]).ending == .exited(65))
    }

    @Test(arguments: [
        (["store", "list", "--collection", "tickets"], "The option '--tenant' is missing."),
        (["store", "list", "--tenant", "../etc", "--collection", "tickets"], "'../etc' is not a valid tenant name."),
        (["store", "list", "--tenant", "acme", "--collection", "../x"], "'../x' is not a valid collection name."),
    ])
    func namesThatTryToBePathsAreRefused(words: [String], reason: String) async throws {
        let folder = try ScratchFolder()
        let result = try await runPostern(words + ["--data", folder.path])
        #expect(result.ending == .exited(64))
        #expect(result.errors.contains(reason), "\(result.errors)")
    }

    @Test func aFolderThatDeclaresBindingsOnlyHasARoute() async throws {
        let app = try ScratchFolder()
        try app.write(#"{"version":"2.0"}"#, to: "host.json")
        try app.write(
            #"{"bindings":[{"type":"httpTrigger","direction":"in","name":"req","route":"users/{id}"}]}"#,
            to: "user-card/function.json"
        )
        let result = try await runPostern(["routes", "--app", app.path, "--match", "GET /api/users/7", "--json"])
        #expect(result.ending == .exited(0), "\(result.errors)")
        #expect(result.output.contains(#""function":"user-card""#), "\(result.output)")
        #expect(result.output.contains(#""id":"7""#), "\(result.output)")
    }

    @Test func theSettingsOfThePortalAreListed() async throws {
        let result = try await runPostern(["settings", "check", "--app", Workplace.root, "--json"])
        #expect(result.ending == .exited(0), "\(result.errors)")
        for name in ["PORTAL_SESSION_SECRET", "PSA_API_URL", "SES_FROM_ADDRESS", "LEGAL_WEBHOOK_SECRET"] {
            #expect(result.output.contains("\"\(name)\""), "\(result.output)")
        }
    }
}
