import FunctionKit
import Glibc
import Testing

/// `postern store` beside a running host and without one: the same words, the same exit codes.
struct StoreCommandTests {
    /// A host on `data`, and the words that name it to a command.
    private func withHost(
        _ data: ScratchFolder,
        _ body: (RunningHost, [String]) async throws -> Void
    ) async throws {
        let host = try await RunningHost(app: Workplace.app("hello"), data: data)
        try await body(host, ["--data", data.path + "/data", "--port", host.port])
        #expect(await host.stop() == .exited(0))
    }

    private func lines(_ count: Int) -> String {
        (0..<count).map { #"{"id":"T\#($0)","number":\#($0),"text":"\#(String(repeating: "x", count: 100))"}"# }
            .joined(separator: "\n") + "\n"
    }

    @Test func documentsGoThroughTheRunningHost() async throws {
        let data = try ScratchFolder()
        try data.write(lines(4500), to: "tickets.jsonl")
        try await withHost(data) { host, place in
            let tickets = ["--tenant", "acme", "--collection", "tickets"] + place
            let imported = try await runPostern(["store", "import", data.path + "/tickets.jsonl"] + tickets)
            #expect(imported.ending == .exited(0), "\(imported.errors)")
            #expect(imported.output == "4500 documents imported into 'acme/tickets'.\n")
            let again = try await runPostern(
                ["store", "import", data.path + "/tickets.jsonl", "--existing", "skip"] + tickets
            )
            #expect(
                again.output == "0 documents imported into 'acme/tickets'. 4500 were there already.\n",
                "\(again.errors)"
            )
            let exported = try await runPostern(["store", "export"] + tickets)
            #expect(exported.ending == .exited(0))
            #expect(exported.errors == "4500 documents exported.\n")
            #expect(exported.output.split(separator: "\n").count == 4500)

            // The whole tenant, into another one.
            let all = try await runPostern(["store", "export", "--tenant", "acme"] + place)
            #expect(all.errors == "4500 lines exported.\n")
            try data.write(all.output, to: "all.jsonl")
            let copied = try await runPostern(
                ["store", "import", data.path + "/all.jsonl", "--tenant", "copy"] + place
            )
            #expect(copied.output == "4500 documents imported into 'copy'.\n", "\(copied.errors)")
            #expect(try await runPostern(["store", "export", "--tenant", "copy"] + place).output == all.output)

            // Everything once more over itself; then there is something to give back.
            _ = try await runPostern(["store", "import", data.path + "/tickets.jsonl"] + tickets)
            let compacted = try await runPostern(["store", "compact", "acme", "--json"] + place)
            #expect(compacted.ending == .exited(0), "\(compacted.errors)")
            let report = try decodeJSON(compacted.output)
            guard case .number(let before) = report["disk_bytes_before"], case .number(let after) = report["disk_bytes"]
            else { throw SupportError(compacted.output) }
            #expect(after < before * 0.8)
            #expect(try await runPostern(["store", "export"] + tickets).output.split(separator: "\n").count == 4500)

            let listed = try await runPostern(["store", "stats", "--json"] + place)
            #expect(listed.ending == .exited(0), "\(listed.errors)")
            let acme = try #require(try decodeJSON(listed.output).items.first { $0["tenant"] == "acme" })
            #expect(acme["documents"] == 4500)
            #expect(try await runPostern(["store", "verify"] + place.prefix(2)).ending == .exited(0))
            let keys = try await runPostern(["keys", "list", "--json"] + place.prefix(2))
            let key = try #require(try decodeJSON(keys.output).items.first { $0["scope"] == "master" }?["value"].text)
            let answer = try await host.send(.get, "/admin/store/acme", headers: ["x-functions-key": key])
            #expect(answer.status == 200)
            #expect(answer.json["documents"] == 4500)
            #expect(answer.json["collections"][0]["collection"] == "tickets")
            // The key goes nowhere, and neither does a document.
            #expect(!host.process.output.contains(key) && !host.process.errors.contains(key))
        }
        #expect(try await runPostern(["store", "verify", "--data", data.path + "/data"]).ending == .exited(0))
    }

    @Test func aBadLineChangesNothing() async throws {
        let data = try ScratchFolder()
        try data.write("{\"id\":\"T1\"}\n{\"id\":7}\n", to: "bad.jsonl")
        let words = ["store", "import", data.path + "/bad.jsonl", "--tenant", "acme", "--collection", "tickets"]
        let message =
            "postern store: '\(data.path)/bad.jsonl': Line 2 has a member 'id' that is no text. Nothing was imported.\n"
        let direct = try await runPostern(words + ["--data", data.path + "/other"])
        #expect(direct.ending == .exited(65))
        #expect(direct.errors == message)
        try await withHost(data) { _, place in
            let result = try await runPostern(words + place)
            #expect(result.ending == .exited(65))
            #expect(result.errors == message)
            #expect(try await runPostern(["store", "tenants"] + place).output == "_host\n")
        }
    }

    @Test func theHostsKeysStayWhereTheyAre() async throws {
        let data = try ScratchFolder()
        try await withHost(data) { _, place in
            let out = try await runPostern(["store", "export", "--tenant", "_host"] + place)
            #expect(out.ending == .exited(65))
            #expect(out.errors.contains("holds the access keys"), "\(out.errors)")
            #expect(out.output.isEmpty)
            try data.write("{\"id\":\"x\"}\n", to: "x.jsonl")
            let into = ["store", "import", data.path + "/x.jsonl", "--tenant", "_host", "--collection", "keys"]
            #expect(try await runPostern(into + place).ending == .exited(65))
        }
    }

    @Test func aHostOnAnotherPortIsExplained() async throws {
        let data = try ScratchFolder()
        try await withHost(data) { host, place in
            let port = try freePort()
            let result = try await runPostern(["store", "compact", "acme", "--port", "\(port)"] + place.prefix(2))
            #expect(result.ending == .exited(69))
            #expect(result.errors.contains("No host answers on port \(port)."), "\(result.errors)")
            #expect(result.errors.contains("is used by another process (pid \(host.process.pid))"), "\(result.errors)")
            #expect(result.errors.contains("Or name its --port."))
        }
    }

    @Test(
        arguments: [
            (["export"], 64, "The option '--tenant' is missing."), (["import"], 64, "The file is missing"),
            (["compact"], 64, "The tenant is missing."),
            (["compact", "nobody"], 65, "The store has no tenant 'nobody'."),
            (["stats", "nobody"], 65, "The store has no tenant 'nobody'."),
            (["stats", "acme", "--tenant", "acme"], 64, "The tenant is given twice"),
            (
                ["import", "/nowhere", "--tenant", "acme", "--collection", "c"], 65,
                "'/nowhere' cannot be read: No such file"
            ),
            (["import", "/dev/null", "--tenant", "acme", "--existing", "keep"], 64, "Use 'replace' or 'skip'."),
            (["get", "--tenant", "acme", "--collection", "c"], 64, "The document's id is missing."),
            (["get", "x", "--tenant", "acme", "--collection", "c"], 65, "'acme' has no document 'x' in 'c'."),
            (["list", "--tenant", "acme"], 64, "The option '--collection' is missing."),
            (["list", "--tenant", "acme", "--collection", "c", "--limit", "0"], 64, "Use a number from 1 to 1000."),
            (["verify", "--tenant", "nobody"], 65, "has no tenant 'nobody'"),
        ] as [([String], Int32, String)]
    )
    func refusals(words: [String], exitCode: Int32, reason: String) async throws {
        let data = try ScratchFolder()
        let place = ["--data", data.path + "/data"]
        let made = try await runPostern(["store", "import", "/dev/null", "--tenant", "a", "--collection", "c"] + place)
        #expect(made.output == "0 documents imported into 'a/c'.\n", "\(made.errors)")
        let result = try await runPostern(["store"] + words + place)
        #expect(result.ending == .exited(exitCode), "\(result.errors)")
        #expect(result.errors.contains(reason), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    /// Names that try to be paths, wherever a name may stand.
    @Test(arguments: [
        "../x", "a/b", "/etc", "..", ".", "%2e%2e", "", "ACME", "a.b", "-a", "a b", "ä",
        String(repeating: "a", count: 64),
    ])
    func namesThatTryToBePathsAreRefused(name: String) async throws {
        let data = try ScratchFolder()
        try data.write("{\"id\":\"T1\"}\n", to: "tickets.jsonl")
        let place = ["--data", data.path + "/data"]
        let file = data.path + "/tickets.jsonl"
        _ = try await runPostern(["store", "import", file, "--tenant", "acme", "--collection", "tickets"] + place)
        for words in [
            ["collections", "--tenant=\(name)"], ["list", "--tenant=\(name)", "--collection", "tickets"],
            ["get", "T1", "--tenant=\(name)", "--collection", "tickets"], ["stats", "--tenant=\(name)"],
            ["export", "--tenant=\(name)"], ["import", file, "--tenant=\(name)", "--collection", "tickets"],
            ["compact", "--tenant=\(name)"], ["verify", "--tenant=\(name)"],
            ["backup", data.path + "/backup", "--tenant=\(name)"],
            ["restore", data.path + "/data", "--tenant=\(name)"],
            ["list", "--tenant", "acme", "--collection=\(name)"],
            ["get", "T1", "--tenant", "acme", "--collection=\(name)"],
            ["export", "--tenant", "acme", "--collection=\(name)"],
            ["import", file, "--tenant", "acme", "--collection=\(name)"],
        ] {
            let result = try await runPostern(["store"] + words + place)
            #expect(result.ending == .exited(64), "\(words) \(result.errors)")
            #expect(result.errors.contains("is not a valid"), "\(words) \(result.errors)")
            #expect(result.output.isEmpty)
        }
        #expect(data.names(in: "data/tenants") == ["acme"])
        #expect(data.names(in: "") == ["data", "tickets.jsonl"])
    }

    @Test func statisticsAreShown() async throws {
        let data = try ScratchFolder()
        try data.write(lines(10), to: "tickets.jsonl")
        let place = ["--data", data.path + "/data"]
        _ = try await runPostern(
            ["store", "import", data.path + "/tickets.jsonl", "--tenant", "acme", "--collection", "tickets"] + place
        )
        let list = try await runPostern(["store", "stats"] + place)
        #expect(
            list.output.hasPrefix(
                "TENANT\tDOCUMENTS\tLIVE BYTES\tDISK BYTES\tDEAD\tLAST REVISION\tNEXT EXPIRY\nacme\t10\t"
            )
        )
        let one = try await runPostern(["store", "stats", "acme"] + place)
        #expect(one.output.contains("documents      10\n"), "\(one.output)")
        #expect(one.output.contains("last revision  1\n"), "\(one.output)")
        #expect(one.output.contains("\ntickets\t10\t"), "\(one.output)")
        let json = try decodeJSON(try await runPostern(["store", "stats", "acme", "--json"] + place).output)
        #expect(json[0]["documents"] == 10)
        #expect(json[0]["tenant"] == "acme")
    }

    /// A tenant that is full is told so, keeps what it has, may shrink, and disturbs no other.
    @Test func aTenantHasABound() async throws {
        let data = try ScratchFolder()
        let text = String(repeating: "x", count: 1000)
        let lines = (0..<1500).map { #"{"id":"T\#($0)","text":"\#(text)"}"# + "\n" }
        try data.write(lines.joined(), to: "tickets.jsonl")
        try data.write(#"{"id":"T0","text":"short"}"#, to: "small.jsonl")
        let host = try await RunningHost(
            app: Workplace.app("hello"),
            data: data,
            settings: ["AzureFunctionsJobHost__extensions__store__tenantBytesMax": "1048576"]
        )
        let place = ["--collection", "tickets", "--data", data.path + "/data", "--port", host.port]
        let refused = try await runPostern(
            ["store", "import", data.path + "/tickets.jsonl", "--tenant", "acme"] + place
        )
        #expect(refused.ending == .exited(65))
        #expect(refused.errors.contains("Lines 1001 to 1200: The documents of 'acme' would have"), "\(refused.errors)")
        #expect(refused.errors.contains("1048576 are allowed."), "\(refused.errors)")
        #expect(refused.errors.contains("Everything before line 1001 is imported, nothing from there on."))
        let small = ["store", "import", data.path + "/small.jsonl"]
        for tenant in ["acme", "zenith"] {
            #expect(try await runPostern(small + ["--tenant", tenant] + place).ending == .exited(0))
        }
        let held = try await runPostern(["store", "export", "--tenant", "acme"] + place)
        #expect(held.errors == "1000 documents exported.\n")
        #expect(held.output.hasPrefix(#"{"id":"T0","#) && held.output.contains(#""text":"short"}"#))
        #expect(await host.stop() == .exited(0))
    }
}
