import FunctionKit
import Testing

/// Function folders that are not in order: each is reported by file, key and reason, and the others run.
struct BrokenAppTests {
    private static let http =
        #"{"type":"httpTrigger","direction":"in","name":"req","authLevel":"anonymous","methods":["get"]}"#

    /// An app with one good function and one broken one.
    private func app(_ functionJSON: String?, extraFiles: [String: String] = [:]) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write(#"{"version":"2.0"}"#, to: "host.json")
        try folder.write(
            #"{"scriptFile":"libHelloHello.so","entryPoint":"HelloHello.HelloHello","bindings":[\#(Self.http)]}"#,
            to: "good/function.json"
        )
        if let functionJSON { try folder.write(functionJSON, to: "bad/function.json") }
        for (name, text) in extraFiles { try folder.write(text, to: name) }
        return folder
    }

    @Test(arguments: [
        ("", "bad/function.json"),
        ("not json", "bad/function.json"),
        (
            #"{"scriptFile":"libHelloHello.so","entryPoint":"HelloHello.HelloHello"}"#,
            "At least one binding must be declared."
        ),
        (
            #"{"scriptFile":"libHelloHello.so","entryPoint":"HelloHello.HelloHello","bindings":[\#(http),\#(http.replacing("req", with: "other"))]}"#,
            "Multiple trigger bindings defined. A function can only have a single trigger binding."
        ),
        (
            #"{"scriptFile":"libHelloHello.so","entryPoint":"HelloHello.HelloHello","bindings":[{"type":"blobTrigger","direction":"in","name":"b"}]}"#,
            "The binding type(s) 'blobTrigger' are not registered."
        ),
        (
            #"{"scriptFile":"libNowhere.so","entryPoint":"Nowhere.Nowhere","bindings":[\#(http)]}"#,
            "The library 'libNowhere.so' is missing"
        ),
        (
            #"{"scriptFile":"notalib.so","entryPoint":"HelloHello.HelloHello","bindings":[\#(http)]}"#,
            "does not load"
        ),
        (
            #"{"scriptFile":"libHelloHello.so","entryPoint":"HelloHello.Nothing","bindings":[\#(http)]}"#,
            "has no type 'HelloHello.Nothing'"
        ),
        (
            #"{"scriptFile":"libHelloHello.so","entryPoint":"HelloHello.HelloHello","bindings":[{"type":"timerTrigger","direction":"in","name":"t","schedule":"0 0 0 * * *"}]}"#,
            "Make it conform to TimerFunction."
        ),
        (
            #"{"scriptFile":"libHelloHello.so","entryPoint":"HelloHello.HelloHello","bindings":[{"type":"timerTrigger","direction":"in","name":"t","schedule":"0 61 * * * *"}]}"#,
            "61"
        ),
    ])
    func aBrokenFunctionIsReportedAndTheOthersRun(functionJSON: String, reason: String) async throws {
        let app = try app(functionJSON, extraFiles: ["bad/notalib.so": "this is no library"])
        let host = try await RunningHost(app: app.path)
        #expect(try await host.send(.get, "/api/good").status == 200)
        #expect(try await host.send(.get, "/api/bad").status == 404)
        #expect(host.process.output.contains("The 'bad' function is in error: "))
        #expect(host.process.output.contains(reason), "\(host.process.output)")
        #expect(await host.stop() == .exited(0))
    }

    @Test func aFolderWithoutFunctionJSONIsNoFunction() async throws {
        let app = try app(nil, extraFiles: ["docs/readme.txt": "nothing"])
        let host = try await RunningHost(app: app.path)
        #expect(try await host.send(.get, "/api/good").status == 200)
        #expect(!host.process.output.contains("in error"))
        #expect(await host.stop() == .exited(0))
    }

    @Test func aFolderWithoutHostJSONIsNoApp() async throws {
        let folder = try ScratchFolder()
        let result = try await runPostern([
            "start", "--app", folder.path, "--data", folder.path + "/data", "--port", "0",
        ])
        #expect(result.ending == .exited(78))
        #expect(result.errors.contains("Unable to find project root."), "\(result.errors)")
    }

    /// The portal of this repository, as it would run for others: it must not serve sessions that nobody signed.
    @Test func thePortalDoesNotStartWithoutASessionSecretOutsideDevelopment() async throws {
        let data = try ScratchFolder()
        let words = ["start", "--app", Workplace.root, "--data", data.path + "/data", "--port", "0"]
        let settings = [
            "AZURE_FUNCTIONS_ENVIRONMENT": "Production", "PORTAL_SESSION_SECRET": "",
            "PSA_API_URL": "https://psa.invalid", "PSA_SERVICE_KEY": "never-show-this",
        ]
        let result = try await runPostern(words, settings: settings)
        #expect(result.ending == .exited(78), "\(result.errors)")
        #expect(
            result.errors.contains("keeps the app from starting: The app setting PORTAL_SESSION_SECRET is not set.")
        )
        #expect(result.errors.contains("openssl rand"))
        #expect(!(result.output + result.errors).contains("never-show-this"))
        #expect(!result.output.contains("Listening"))

        // What the start had opened is free again.
        let again = try await runPostern(words, settings: settings)
        #expect(again.ending == .exited(78), "\(again.errors)")
        let place = ["--tenant", "acme", "--collection", "tickets", "--data", data.path + "/data"]
        let imported = try await runPostern(["store", "import", "/dev/null"] + place)
        #expect(imported.ending == .exited(0), "\(imported.errors)")
    }
}
