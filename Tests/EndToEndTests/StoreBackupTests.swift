import FunctionKit
import Testing

/// `postern store backup` and `restore` on real folders, with a host running or not.
struct StoreBackupTests {
    /// A data folder with two documents of two tenants each, below a scratch folder.
    private func makeData() async throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write("{\"id\":\"T1\"}\n{\"id\":\"T2\"}\n", to: "tickets.jsonl")
        for tenant in ["acme", "zenith"] {
            let result = try await runPostern([
                "store", "import", "--data", folder.path + "/data", "--tenant", tenant, "--collection", "tickets",
                folder.path + "/tickets.jsonl",
            ])
            try #require(result.ending == .exited(0), "\(result.errors)")
        }
        return folder
    }

    @Test func aRunningHostIsBackedUpAndRestored() async throws {
        let data = try await makeData()
        let host = try await RunningHost(app: Workplace.app("hello"), data: data)
        let backup = try await runPostern(["store", "backup", data.path + "/backup", "--data", data.path + "/data"])
        #expect(backup.ending == .exited(0), "\(backup.errors)")
        #expect(backup.output.hasPrefix("3 tenants, "), "\(backup.output)")
        #expect(data.names(in: "backup") == ["backup.json", "format.json", "tenants"])
        let inUse = try await runPostern(["store", "restore", data.path + "/backup", "--data", data.path + "/data"])
        #expect(inUse.ending == .exited(69))
        #expect(inUse.errors.contains("is used by another process"), "\(inUse.errors)")
        #expect(await host.stop() == .exited(0))

        let restored = ["--data", data.path + "/restored"]
        let restore = try await runPostern(["store", "restore", data.path + "/backup"] + restored)
        #expect(restore.ending == .exited(0), "\(restore.errors)")
        #expect(restore.output == "3 tenants restored into '\(data.path)/restored'.\n")
        #expect(try await runPostern(["store", "tenants"] + restored).output == "_host\nacme\nzenith\n")
        let place = restored + ["--tenant", "acme", "--collection", "tickets"]
        #expect(try await runPostern(["store", "get"] + place + ["T2"]).output.hasPrefix(#"{"id":"T2","#))
        // The keys have come along: who could call before can call now.
        let keys = try await runPostern(["keys", "list"] + restored).output
        #expect(keys == (try await runPostern(["keys", "list", "--data", data.path + "/data"]).output))
        #expect(!keys.isEmpty)
    }

    @Test func wordsAndExitCodes() async throws {
        let data = try await makeData()
        let source = ["--data", data.path + "/data"]
        let place = data.path + "/backup"
        let one = try await runPostern(["store", "backup", place, "--tenant", "acme", "--json"] + source)
        #expect(one.ending == .exited(0))
        #expect(one.output.contains(#""tenant":"acme""#), "\(one.output)")
        #expect(!one.output.contains("zenith"))
        for (words, code, text) in [
            (["store", "backup"], 64, "The destination is missing."),
            (["store", "restore"], 64, "The backup is missing."),
            (["store", "backup", place], 78, "The destination '\(place)' is not empty."),
            (["store", "backup", data.path + "/data/inside"], 78, "lies in the data folder itself"),
            (["store", "backup", data.path + "/data/../data/inside"], 78, "lies in the data folder itself"),
            (["store", "backup", data.path + "/b", "--tenant", "../acme"], 64, "'../acme' is not a valid tenant name"),
            (["store", "backup", data.path + "/b", "--tenant", "nobody"], 65, "has no tenant 'nobody'"),
            (["store", "restore", place, "--tenant", "zenith"], 65, "has no tenant 'zenith'"),
            (["store", "restore", place], 65, "Tenant 'acme' has data in"),
            (["store", "restore", data.path + "/none"], 78, "There is no data folder at '\(data.path)/none'."),
            (["store", "restore", data.path + "/data"], 65, "it is no backup, or one that was interrupted"),
        ] as [([String], Int32, String)] {
            let result = try await runPostern(words + source)
            #expect(result.ending == .exited(code), "\(words) \(result.errors)")
            #expect(result.errors.contains(text), "\(words) \(result.errors)")
            #expect(result.output.isEmpty)
        }
        #expect(data.names(in: "") == ["backup", "data", "tickets.jsonl"])
    }

    @Test func aDamagedTenantIsNamedAndTheOthersAreBackedUp() async throws {
        let data = try await makeData()
        let source = ["--data", data.path + "/data"]
        // A second batch, which shows that the first was acknowledged.
        let again = try await runPostern(
            ["store", "import", "--tenant", "acme", "--collection", "tickets", data.path + "/tickets.jsonl"] + source
        )
        #expect(again.ending == .exited(0))
        let name = try #require(data.names(in: "data/tenants/acme").first { $0.hasSuffix(".jsonl") })
        let log = "data/tenants/acme/" + name
        let text = try #require(data.read(log))
        try data.write(text.replacing("\"T1\"", with: "\"X1\"", maxReplacements: 1), to: log)
        let offset = try #require(text.split(separator: "\n").first).utf8.count + 1
        let result = try await runPostern(["store", "backup", data.path + "/backup"] + source)
        #expect(result.ending == .exited(65))
        #expect(result.output.hasPrefix("1 tenants, "), "\(result.output)")
        #expect(
            result.errors
                == "Tenant 'acme' is NOT in the backup: \(data.path)/\(log) at byte \(offset): the checksum does not "
                + "fit the line.\n"
        )
        let restored = ["--data", data.path + "/restored"]
        let restore = try await runPostern(["store", "restore", data.path + "/backup"] + restored)
        #expect(restore.ending == .exited(65))
        #expect(restore.errors == "Tenant 'acme' is not in the backup.\n")
        #expect(try await runPostern(["store", "tenants"] + restored).output == "zenith\n")
    }

    @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount"))
    func aFullDestinationIsSaidAndNothingIsTakenForABackup() async throws {
        let data = try await makeData()
        let disk = try await SmallDisk()
        disk.fill()
        let source = ["--data", data.path + "/data"]
        let result = try await runPostern(["store", "backup", disk.path + "/backup"] + source)
        #expect(result.ending == .exited(78))
        #expect(result.errors.contains("No space left on device. Free some space there, or name another disk."))
        let restore = try await runPostern([
            "store", "restore", disk.path + "/backup", "--data", data.path + "/restored",
        ])
        #expect(restore.ending != .exited(0))
        #expect(data.names(in: "restored").isEmpty)

        let good = try await runPostern(["store", "backup", data.path + "/backup"] + source)
        #expect(good.ending == .exited(0))
        let full = try await runPostern(["store", "restore", data.path + "/backup", "--data", disk.path + "/restored"])
        #expect(full.ending == .exited(78))
        #expect(full.errors.contains("No space left on device"), "\(full.errors)")
        await disk.end()
    }
}
