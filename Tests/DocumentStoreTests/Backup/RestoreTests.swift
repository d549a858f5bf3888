import DocumentStore
import FoundationEssentials
import FunctionKit
import FunctionTesting
import Glibc
import Testing

/// What a restore refuses, and that it changes nothing then.
@Suite struct RestoreTests {
    /// A backup of `acme` and `zenith` in `folder/backup`.
    private func makeBackup(_ folder: String, clock: ManualClock) async throws {
        let engine = try openEngine(folder, clock: clock)
        for name in ["acme", "zenith"] { try await engine.partition(try TenantName(name)).fill(5) }
        await engine.close()
        _ = try StoreBackup(folder).run(at: clock.now)
    }

    /// A change of a backup after it was made.
    enum Change: Sendable {
        case flip, cut, lengthen, remove, add, empty
        case manifest(String, String)
        case wholeManifest(String)
    }

    @Test(arguments: [
        (Change.flip, "has been changed"), (.cut, "bytes instead of"), (.lengthen, "bytes instead of"),
        (.remove, "is missing"), (.add, "is not in backup.json"), (.empty, "has 0 bytes instead of"),
        (.manifest(#""sha256" : ""#, #""sha256" : "00"#), "has been changed"),
        (.manifest(#""tenant" : "acme""#, #""tenant" : "../acme""#), "names the tenant '../acme'"),
        (.manifest(#""tenant" : "acme""#, #""tenant" : "zenith""#), "names the tenant 'zenith'"),
        (.manifest(#""tenant" : "acme""#, #""tenant" : """#), "names the tenant ''"),
        (.manifest(#""tenant" : "acme""#, #""tenant" : "a/b""#), "names the tenant 'a/b'"),
        (.manifest(#""tenant" : "acme""#, #""tenant" : "ACME""#), "names the tenant 'ACME'"),
        (.manifest(#".jsonl""#, #".jsonl/../../../x.jsonl""#), "names the file"),
        (.manifest(#""name" : ""#, #""name" : "../"#), "names the file '../"),
        (.manifest(#""name" : ""#, #""name" : "/etc/"#), "names the file '/etc/"),
        (.manifest(#".jsonl""#, #".hint""#), "names the file"),
        (.manifest(#""bytes" : "#, #""bytes" : -"#), "names the file"),
        (.manifest(#""bytes" : "#, #""bytes" : 1"#), "bytes instead of"),
        (.manifest("postern-backup", "tar"), "is not what this Postern writes there"),
        (.manifest(#""version" : 1"#, #""version" : 2"#), "is not what this Postern writes there"),
        (.wholeManifest(""), "is not what this Postern writes there"),
        (.wholeManifest("[]"), "is not what this Postern writes there"),
        (.wholeManifest("{\"format\":\"postern-backup\""), "is not what this Postern writes there"),
    ])
    func aChangedBackupIsRefusedBeforeAnythingIsChanged(change: Change, reason: String) async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            try await makeBackup(folder, clock: clock)
            try apply(change, folder)
            let error = try #require(storeError(try StoreRestore(folder).run))
            #expect(error.code == .damaged)
            #expect(error.message.contains(reason), "\(error.message)")
            #expect(error.message.contains("Nothing was restored"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/restored"))
        }
    }

    private func apply(_ change: Change, _ folder: String) throws {
        let file = try #require(try logFiles(folder, "acme", in: "backup").first)
        let manifest = folder + "/backup/backup.json"
        switch change {
        case .flip:
            var bytes = file.bytes
            bytes[bytes.count / 2] ^= 1
            try write(bytes, to: file.path)
        case .cut: try write(Array(file.bytes.dropLast(100)), to: file.path)
        case .lengthen: try write(file.bytes + file.bytes, to: file.path)
        case .remove: try FileManager.default.removeItem(atPath: file.path)
        case .add: try write(file.bytes, to: folder + "/backup/tenants/acme/00000099-00000099.jsonl")
        case .empty: try write([], to: file.path)
        case .wholeManifest(let text): try write(Array(text.utf8), to: manifest)
        case .manifest(let old, let new):
            let text = String(decoding: try bytes(of: manifest), as: UTF8.self)
            #expect(text.contains(old))
            try write(Array(text.replacing(old, with: new, maxReplacements: 1).utf8), to: manifest)
        }
    }

    @Test func whatIsNoBackupIsRefused() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            #expect(storeError(try StoreRestore(folder).run)?.code == .unavailable)
            try await makeBackup(folder, clock: clock)
            try FileManager.default.removeItem(atPath: folder + "/backup/backup.json")
            let error = try #require(storeError(try StoreRestore(folder).run))
            #expect(error.message.contains("it is no backup, or one that was interrupted"))
            #expect(storeError(try StoreRestore(folder, tenants: ["nobody"]).run)?.code == .damaged)
            #expect(!FileManager.default.fileExists(atPath: folder + "/restored"))
        }
    }

    @Test func aTenantWithDataStaysAsItIs() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            try await makeBackup(folder, clock: clock)
            #expect(storeError(try StoreRestore(folder, tenants: ["nobody"]).run)?.code == .notFound)
            _ = try StoreRestore(folder, tenants: ["acme"]).run()
            #expect(names(in: folder + "/restored/tenants") == ["acme"])
            let before = try logFiles(folder, "acme", in: "restored").map(\.bytes)
            let error = try #require(storeError(try StoreRestore(folder).run))
            #expect(error.code == .alreadyExists)
            #expect(
                error.message.contains("Tenant 'acme' has data in '\(folder)/restored' already. Nothing was restored.")
            )
            #expect(error.message.contains("or move '\(folder)/restored/tenants/acme' away first."))
            #expect(try logFiles(folder, "acme", in: "restored").map(\.bytes) == before)
            #expect(names(in: folder + "/restored/tenants") == ["acme"])
            _ = try StoreRestore(folder, tenants: ["zenith"]).run()
            #expect(names(in: folder + "/restored/tenants") == ["acme", "zenith"])
        }
    }

    @Test func aFolderInUseIsRefused() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            try await makeBackup(folder, clock: clock)
            let engine = try openEngine(folder, clock: clock)
            let restore = StoreRestore(from: folder + "/backup", to: folder + "/data")
            #expect(storeError(restore.run)?.code == .locked)
            await engine.close()
            #expect(storeError(restore.run)?.code == .alreadyExists)
        }
    }

    /// A failure while files are copied leaves no tenant visible, and the next try succeeds.
    @Test(arguments: [
        ("write", "/.restore-zenith/", ENOSPC, "Free some space"), ("sync", "/.restore-zenith/", EIO, "sync"),
        ("open", "/.restore-zenith/", EACCES, "Permission denied"), ("sync folder", "/.restore-zenith", EIO, "sync"),
        ("make folder", "/.restore-zenith", ENOSPC, "No space left"), ("read", "backup/tenants/zenith/", EIO, "read"),
    ])
    func aFailedRestoreShowsNoTenant(operation: String, path: String, number: Int32, reason: String) async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            try await makeBackup(folder, clock: clock)
            let disk = FaultyDisk()
            disk.fail { $0.operation == operation && $0.path.contains(path) ? number : nil }
            let restore = try StoreRestore(folder, disk: disk)
            let error = try #require(storeError(restore.run))
            #expect(error.code == .unavailable)
            #expect(error.message.contains(reason), "\(error.message)")
            #expect(!names(in: folder + "/restored/tenants").contains { !$0.hasPrefix(".") })
            disk.fail(nil)
            #expect(try restore.run().restored.count == 2)
            #expect(names(in: folder + "/restored/tenants") == ["acme", "zenith"])
            #expect(try StoreVerification(ofFolder: folder + "/restored", now: clock.now).isSound)
        }
    }

    @Test func aFailedRenamingSaysWhatIsThere() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            try await makeBackup(folder, clock: clock)
            let disk = FaultyDisk()
            disk.fail { $0.operation == "rename" && $0.path.contains(".restore-zenith") ? EIO : nil }
            let restore = try StoreRestore(folder, disk: disk)
            let error = try #require(storeError(restore.run))
            #expect(
                error.message.contains("Restored are 'acme'; restore the others with --tenant."),
                "\(error.message)"
            )
            disk.fail(nil)
            _ = try StoreRestore(folder, tenants: ["zenith"]).run()
            #expect(names(in: folder + "/restored/tenants") == ["acme", "zenith"])
        }
    }

    /// What an interrupted creation of a tenant left is no data.
    @Test func leftoversWithoutALogAreReplaced() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            try await makeBackup(folder, clock: clock)
            let place = folder + "/restored/tenants/acme"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            try write([1, 2, 3], to: place + "/log.jsonl.new")
            try write([1, 2, 3], to: place + "/index.hint")
            try FileManager.default.createDirectory(
                atPath: folder + "/restored/tenants/.restore-acme",
                withIntermediateDirectories: true
            )
            try write([1, 2, 3], to: folder + "/restored/tenants/.restore-acme/00000001-00000001.jsonl")
            _ = try StoreRestore(folder).run()
            #expect(try logFiles(folder, "acme", in: "restored").map(\.bytes) == logFiles(folder, "acme").map(\.bytes))
            try write([1, 2, 3], to: folder + "/restored/tenants/zenith/notes.txt")
            #expect(storeError(try StoreRestore(folder, tenants: ["zenith"]).run)?.code == .alreadyExists)
        }
    }
}
