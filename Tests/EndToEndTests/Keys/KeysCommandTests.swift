import FunctionKit
import Testing

/// `postern keys` on the folder of a stopped host and through a running one: the same words, the same effects.
struct KeysCommandTests {
    /// Runs the same steps on a folder that no host has, and beside a host.
    private func onBothSides(_ body: (KeyedApp, RunningHost?) async throws -> Void) async throws {
        let stopped = try KeyedApp()
        _ = try await stopped.keys(["set", "host.function/first", "x"])
        try await body(stopped, nil)
        let running = try KeyedApp()
        let host = try await running.start()
        _ = try await running.keys(["set", "host.function/first", "x"], on: host)
        try await body(running, host)
        #expect(await host.stop() == .exited(0))
        for secret in ["secret-value", "secret-m", "secret-h"] { #expect(!host.process.output.contains(secret)) }
    }

    @Test func keysAreListedSetRotatedAndDeleted() async throws {
        try await onBothSides { app, host in
            let names = try await app.keys(["list", "--hide-values"]).output
            #expect(names == "host.function\tdefault\nhost.function\tfirst\nmaster\tmaster\n")
            let set = try await app.keys(["set", "host.system/grid_extension", "secret-value"], on: host)
            #expect(set.output == "Key 'grid_extension' of 'host.system' is set.\n")
            #expect(set.errors.isEmpty)
            #expect(try await app.value("host.system", "grid_extension") == "secret-value")
            let made = try await app.keys(["list", "function.OWN"], on: host)
            let own = try #require(made.output.split(separator: "\t").last?.dropLast())
            #expect(
                made.output == "function.own\tdefault\t\(own)\n" || made.output == "function.OWN\tdefault\t\(own)\n"
            )
            #expect(own.utf8.count == 56)
            let rotated = try await app.keys(["rotate", "function.own/default"], on: host)
            #expect(rotated.output.hasPrefix("function.own\tdefault\t"))
            #expect(!rotated.output.contains(own))
            #expect(try await app.keys(["list", "function.own"], on: host).output == rotated.output)
            #expect(try await app.keys(["delete", "function.own/default"], on: host).ending == .exited(0))
            #expect(try await app.keys(["list", "function.own"], on: host).output.isEmpty)
            let old = try await app.value("master", "master")
            let master = try await app.keys(["rotate", "master", "--json"], on: host)
            let value = try #require(try decodeJSON(master.output)[0]["value"].text)
            #expect(value != old)
            #expect(try await app.value("master", "master") == value)
            if let host {
                let headers: HTTPFields = ["x-functions-key": value]
                #expect(try await host.send(.get, "/admin/host/status", headers: headers).status == 200)
            }
        }
    }

    @Test func mistakesAreTold() async throws {
        try await onBothSides { app, host in
            for (words, code, text) in [
                (["delete", "host.function/none"], 65, "'host.function' has no key 'none'."),
                (["delete", "master"], 65, "Cannot delete System Key."),
                (["set", "host.function/x", ""], 65, "Invalid key value"),
                (["set", "host.function/_master", "x"], 65, "'_master' is the master key."),
                (["set", "function.none/x", "y"], 65, "The app has no function 'none'."),
                (["list", "function.none"], 65, "The app has no function 'none'."),
                (["set", "host.function/x", String(repeating: "v", count: 1025)], 65, "is longer than 1024 bytes."),
                (["list", "everything"], 64, "'everything' is not a scope."),
                (["rotate", "default"], 64, "'default' is not a key."),
                (["rotate", "host.function/"], 64, "'host.function/' is not a key."),
                (["rotate"], 64, "The key is missing, such as 'host.function/default'."),
                (["set", "master"], 64, "The value is missing; '-' is standard input."),
                (["forget", "master"], 64, "'forget' is not an action of 'keys'."),
                (["import", "/no/such/folder"], 65, "The folder '/no/such/folder' does not exist."),
                (["import"], 64, "The folder is missing, and FUNCTIONS_SECRETS_PATH is not set."),
            ] as [([String], Int32, String)] {
                let result = try await app.keys(words, on: host)
                #expect(result.ending == .exited(code), "\(words.prefix(2)): \(result.errors)")
                #expect(result.errors.contains(text), "\(result.errors)")
                #expect(result.output.isEmpty)
            }
        }
    }

    @Test func azuresFilesAreImported() async throws {
        let secrets = try ScratchFolder()
        try secrets.write(
            #"{"masterKey": {"name": "master", "value": "secret-m", "encrypted": false}, "functionKeys": [], "systemKeys": []}"#,
            to: "host.json"
        )
        try secrets.write(#"{"key": "secret-h"}"#, to: "own.json")
        try secrets.write("{}", to: "own.snapshot.2024.json")
        try await onBothSides { app, host in
            let before = try await app.keys(["list"]).output
            let plan = try await app.keys(["import", secrets.path, "--dry-run"], on: host)
            #expect(plan.ending == .exited(0), "\(plan.errors)")
            #expect(plan.output == "replace\tmaster\tmaster\thost.json\ncreate\tfunction.own\tdefault\town.json\n")
            #expect(plan.errors.contains("2 keys would change."))
            #expect(try await app.keys(["list"]).output == before)
            let done = try await app.keys(["import", secrets.path], on: host)
            #expect(done.output == plan.output)
            #expect(done.errors.contains("Skipped own.snapshot.2024.json") && done.errors.contains("2 keys changed."))
            #expect(try await app.value("master", "master") == "secret-m")
            #expect(try await app.value("function.own", "default") == "secret-h")
            if let host {
                #expect(try await host.send(.get, "/api/own?code=secret-h").status == 200)
                #expect(try await host.send(.get, "/api/other?code=secret-h").status == 401)
            }
            let again = try await app.keys(["import", secrets.path], on: host)
            #expect(again.output.split(separator: "\n").allSatisfy { $0.hasPrefix("keep\t") })
        }
    }

    @Test func anEncryptedFileStopsTheImport() async throws {
        let secrets = try ScratchFolder()
        try secrets.write(#"{"masterKey": "secret-m", "functionKey": "f"}"#, to: "host.json")
        try secrets.write(#"{"keys": [{"name": "default", "value": "CfDJ8", "encrypted": true}]}"#, to: "own.json")
        try await onBothSides { app, host in
            let before = try await app.keys(["list"]).output
            let result = try await app.keys(["import", secrets.path], on: host)
            #expect(result.ending == .exited(65))
            #expect(result.errors.contains("own.json: The key 'default' is encrypted"))
            #expect(result.errors.contains("Nothing was imported."))
            #expect(try await app.keys(["list"]).output == before)
        }
    }
}
