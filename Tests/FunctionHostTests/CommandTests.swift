import FunctionHost
import FunctionTesting
import Testing

/// What `postern functions`, `postern routes` and `postern settings check` print.
@Suite struct CommandTests {
    static let users =
        #"{"type": "httpTrigger", "name": "req", "route": "users/{id?}", "methods": ["get"], "authLevel": "anonymous"}"#
    static let timer = #"{"type": "timerTrigger", "name": "t", "schedule": "0 */5 * * * *"}"#
    static let queue = #"{"type": "queueTrigger", "name": "m", "queueName": "jobs"}"#

    private func app(_ more: [String: String] = [:], settings: [String: String] = [:]) throws -> LoadedApp {
        let functions = [
            "users": functionJSON(Self.users), "tick": functionJSON(Self.timer), "work": functionJSON(Self.queue),
        ]
        return try MemoryAppFiles(functions: functions.merging(more) { $1 }).load(settings: settings)
    }

    @Test func functionsAreListed() throws {
        let output = FunctionsCommand.run(try app(settings: ["AzureWebJobs.work.Disabled": "1"]))
        #expect(
            output
                == CommandOutput(
                    standardOutput: """
                        FUNCTION         TRIGGER       WHEN                  LIBRARY
                        tick             timerTrigger  0 */5 * * * *         libX.so
                        users            httpTrigger   GET /api/users/{id?}  libX.so
                        work (disabled)  queueTrigger  jobs                  libX.so

                        """
                )
        )
    }

    @Test func functionsAreListedAsJSONWithTheirProblems() throws {
        let bad = #"{"type": "httpTrigger", "name": "req", "route": "admin/x"}"#
        let output = FunctionsCommand.run(try app(["bad": functionJSON(bad), "worse": "x"]), json: true)
        #expect(output.exitCode == 78)
        #expect(output.standardError.isEmpty)
        #expect(
            output.standardOutput
                == #"{"functions":[{"name":"tick","trigger":"timerTrigger","schedule":"0 */5 * * * *","scriptFile":"libX.so","#
                + #""entryPoint":"X.X","disabled":false},{"name":"users","trigger":"httpTrigger","route":"/api/users/{id?}","#
                + #""methods":["GET"],"authLevel":"anonymous","scriptFile":"libX.so","entryPoint":"X.X","disabled":false},"#
                + #"{"name":"work","trigger":"queueTrigger","queue":"jobs","scriptFile":"libX.so","entryPoint":"X.X","#
                + #""disabled":false}],"problems":[{"function":"worse","file":"worse/function.json","key":null,"#
                + #""reason":"The file is not valid JSON: line 1, column 1: expected a value, found 'x'."},"#
                + #"{"function":"bad","file":"bad/function.json","key":"route","#
                + #""reason":"The specified route conflicts with one or more built in routes."}]}"# + "\n"
        )
    }

    @Test func routesAreListed() throws {
        let hello = functionJSON(httpBinding)
        let output = RouteCommand.run(try app(["Hello": hello]), baseURL: "http://localhost:9000")
        #expect(
            output.standardOutput == """
                FUNCTION  METHODS  URL                                    AUTH
                Hello     any      http://localhost:9000/api/Hello        function
                users     GET      http://localhost:9000/api/users/{id?}  anonymous

                """
        )
        #expect(output.exitCode == 0)
        let json = RouteCommand.run(try app(), json: true).standardOutput
        #expect(
            json == #"[{"function":"users","methods":["GET"],"route":"users/{id?}","#
                + #""url":"http://localhost:7071/api/users/{id?}","authLevel":"anonymous","disabled":false}]"# + "\n"
        )
        #expect(RouteCommand.run(try MemoryAppFiles(functions: [:]).load()).standardOutput == "No HTTP routes mapped\n")
    }

    @Test(arguments: [
        ("GET /api/users/a%20b", #"{"function":"users","values":{"id":"a b"}}"#),
        ("get /API/Users?id=9", #"{"function":"users","values":{"id":null}}"#),
        ("POST /api/users", #"{"function":null,"values":{}}"#), ("GET /", #"{"function":null,"values":{}}"#),
    ]) func aRequestMeetsItsRoute(_ request: String, _ document: String) throws {
        let output = RouteCommand.run(try app(), match: request, json: true)
        #expect(output == CommandOutput(standardOutput: document + "\n"))
    }

    @Test func aMatchIsShownAsText() throws {
        #expect(RouteCommand.run(try app(), match: "GET /api/users/7").standardOutput == "users\n  id = 7\n")
        #expect(RouteCommand.run(try app(), match: "GET /api/users").standardOutput == "users\n  id is absent\n")
        #expect(RouteCommand.run(try app(), match: "PUT /x").standardOutput == "No function answers PUT /x.\n")
    }

    @Test(arguments: ["", "GET", "/api/users", "GET api/users", "GET /a b"]) func aBadRequestIsBadUsage(
        _ request: String
    ) throws {
        let output = RouteCommand.run(try app(), match: request)
        #expect(output.exitCode == 64)
        #expect(
            output.standardError
                == "'\(request)' is not a request. Write a method and a path, such as --match \"GET /api/hello\".\n"
        )
    }

    @Test func aDisabledFunctionAnswersNobody() throws {
        let app = try app(settings: ["AzureWebJobs.users.Disabled": "true"])
        let output = RouteCommand.run(app, match: "GET /api/users", json: true)
        #expect(output.standardOutput == #"{"function":null,"values":{}}"# + "\n")
    }

    @Test func problemsDoNotHideTheOtherRoutes() throws {
        let output = RouteCommand.run(try app(["bad": "x"]), match: "GET /api/users/1", json: true)
        #expect(output.exitCode == 0)
        #expect(output.standardError.hasPrefix("bad/function.json: The file is not valid JSON"))
    }
}

/// `postern settings check`.
@Suite struct SettingsCheckTests {
    private func check(_ environment: [String: String], local: String = "{}") async throws -> SettingsCheck {
        let more = #""settings": ["PSA_API_URL", "PSA_SERVICE_KEY", "MODE?"],"#
        var files = MemoryAppFiles(functions: ["sync": functionJSON(CommandTests.timer, more: more)])
        files.files["/app/local.settings.json"] = Array(local.utf8)
        files.files["/vault.json"] = Array(#"{"acme": {"psa-key": "top-secret"}}"#.utf8)
        let loaded = try SettingsLoader.load(root: "/app", environment: environment, files: files)
        let vaultFiles = files
        let resolution = await SettingsResolution.make(loaded) {
            KeyVault(http: ScriptedHTTPClient.unreachable, clock: ManualClock(), files: vaultFiles, settings: $0)
        }
        return SettingsCheck(app: try files.load(), loaded: loaded, resolution: resolution)
    }

    @Test func everythingIsSet() async throws {
        let environment = [
            "PSA_SERVICE_KEY": "@Microsoft.KeyVault(VaultName=acme;SecretName=psa-key)", "KEYVAULT_FILE": "/vault.json",
        ]
        let local = #"{"IsEncrypted": false, "Values": {"PSA_API_URL": "http://secret-host", "EXTRA": ""}}"#
        let output = try await check(environment, local: local).output()
        #expect(
            output
                == CommandOutput(
                    standardOutput: """
                        SETTING          STATE                                 FUNCTIONS
                        EXTRA            empty
                        MODE             not set (optional)                    sync
                        PSA_API_URL      set in local.settings.json            sync
                        PSA_SERVICE_KEY  resolved from Key Vault acme/psa-key  sync

                        """
                )
        )
    }

    @Test func whatIsMissingIsNamed() async throws {
        let environment = [
            "PSA_SERVICE_KEY": "@Microsoft.KeyVault(VaultName=acme;SecretName=gone)", "KEYVAULT_FILE": "/vault.json",
            "STRAY": "@Microsoft.KeyVault(nonsense)",
        ]
        let check = try await check(environment)
        let output = check.output()
        #expect(output.exitCode == 78)
        #expect(
            output.standardError == """
                The setting 'PSA_API_URL' is not set; sync needs it. Set it in the environment or in local.settings.json.
                The setting 'PSA_SERVICE_KEY' refers to the secret 'gone' in the vault 'acme', which cannot be resolved. \
                The file '/vault.json' (KEYVAULT_FILE) has no such secret with a text.
                The setting 'STRAY' is not a valid Key Vault reference: each part must be a key, '=' and a value.

                """
        )
        let json = check.output(json: true)
        #expect(json.exitCode == 78)
        #expect(
            json.standardOutput.hasPrefix(
                #"{"settings":[{"name":"MODE","set":false,"required":false,"source":null,"functions":["sync"],"keyVault":null,"error":null}"#
            )
        )
        #expect(
            json.standardOutput.contains(
                #""keyVault":{"vault":"acme","secret":"gone","version":null,"resolved":false}"#
            )
        )
        #expect(!(json.standardOutput + output.standardOutput).contains("top-secret"))
    }
}
