import DocumentStore
import FoundationEssentials
import FunctionKit
import FunctionTesting
import Glibc
import Testing

/// Disks that fail or are full, and folders that cannot be used.
@Suite struct FailingDiskTests {
    @Test func aFailedSyncIsFinalAndReadsGoOn() async throws {
        try await withTemporaryFolder { folder in
            let disk = FaultyDisk()
            let sink = RecordingLog()
            let engine = try openEngine(folder, log: sink, disk: disk)
            let acme = engine.partition(try TenantName("acme"))
            try await acme.create("a", #"{"n":1}"#)
            disk.fail("sync", with: EIO)
            #expect(await code { try await acme.upsert("a", #"{"n":2}"#) } == .unavailable)
            disk.fail(nil)
            do {
                try await acme.upsert("a", #"{"n":3}"#)
                Issue.record("A write went on after a failed sync.")
            } catch {
                #expect(
                    "\(error)" == "Tenant 'acme' takes no writes any more, because the store could not sync "
                        + "'\(logPath(folder))': Input/output error. Documents can still be read. Check the disk and start "
                        + "Postern again."
                )
            }
            #expect(try await acme.body("a") == #"{"n":1}"#)
            #expect(sink.messages(.error).count == 1)
            #expect(engine.troubledTenants.map(\.tenant.description) == ["acme"])
            try await engine.partition(try TenantName("other")).create("a", "{}")
            await engine.close()
        }
    }

    @Test func aFullDiskLosesNothingAndPasses() async throws {
        try await withTemporaryFolder { folder in
            let disk = FaultyDisk()
            let engine = try openEngine(folder, disk: disk)
            let acme = engine.partition(try TenantName("acme"))
            try await acme.create("a", #"{"n":1}"#)
            let before = try bytes(of: logPath(folder))
            disk.fail("write", with: ENOSPC)
            for _ in 0..<2 {
                do {
                    try await acme.upsert("a", #"{"n":2}"#)
                    Issue.record("A write succeeded on a full disk.")
                } catch {
                    #expect(
                        "\(error)"
                            == "The store could not write '\(logPath(folder))': No space left on device. Free some space "
                            + "on that disk; writes go on by themselves."
                    )
                }
            }
            #expect(try bytes(of: logPath(folder)) == before)
            let stranger = engine.partition(try TenantName("stranger"))
            #expect(await code { try await stranger.create("a", "{}") } == .unavailable)
            disk.fail(nil)
            #expect(try await acme.upsert("a", #"{"n":3}"#).revision.rawValue == 2)
            try await stranger.create("a", "{}")
            await engine.close()
            let again = try openEngine(folder)
            #expect(try await again.partition(try TenantName("acme")).body("a") == #"{"n":3}"#)
            await again.close()
        }
    }

    @Test func everyOtherFailureOfAWriteIsFinalToo() async throws {
        let rows: [@Sendable (FaultyDisk.Access) -> Int32?] = [
            { $0.operation == "write" ? EIO : nil },
            { ["write": ENOSPC, "cut": EIO][$0.operation] },
            { ["write": ENOSPC, "sync": EIO][$0.operation] },
        ]
        for fault in rows {
            try await withTemporaryFolder { folder in
                let disk = FaultyDisk()
                let engine = try openEngine(folder, disk: disk)
                let acme = engine.partition(try TenantName("acme"))
                try await acme.create("a", "{}")
                disk.fail(fault)
                #expect(await code { try await acme.create("b", "{}") } == .unavailable)
                disk.fail(nil)
                #expect(await code { try await acme.create("c", "{}") } == .unavailable)
                await engine.close()
                let again = try openEngine(folder)
                #expect(try await again.partition(try TenantName("acme")).body("a") == "{}")
                await again.close()
            }
        }
    }

    @Test func aTenantThatCannotBeMadeCanBeMadeLater() async throws {
        for operation in ["make folder", "open", "rename"] {
            try await withTemporaryFolder { folder in
                let disk = FaultyDisk()
                let engine = try openEngine(folder, disk: disk)
                let acme = engine.partition(try TenantName("acme"))
                disk.fail(operation, with: EACCES)
                #expect(await code { try await acme.create("a", "{}") } == .unavailable, "\(operation)")
                disk.fail(nil)
                #expect(try await acme.create("a", "{}").revision.rawValue == 1)
                await engine.close()
            }
        }
    }

    @Test func anUnreadableLogIsTriedAgain() async throws {
        try await withTemporaryFolder { folder in
            let disk = FaultyDisk()
            var engine = try openEngine(folder, disk: disk)
            try await engine.partition(try TenantName("acme")).create("a", "{}")
            await engine.close()
            engine = try openEngine(folder, disk: disk)
            let acme = engine.partition(try TenantName("acme"))
            disk.fail("read", with: EIO)
            #expect(await code { _ = try await acme.ids() } == .unavailable)
            disk.fail(nil)
            #expect(try await acme.ids() == ["a"])
            await engine.close()
        }
    }

    @Test func aSecondOwnerIsRefused() async throws {
        try await withTemporaryFolder { folder in
            let first = try openEngine(folder)
            do {
                _ = try openEngine(folder)
                Issue.record("The folder was opened twice.")
            } catch {
                #expect(
                    "\(error)"
                        == "The data folder '\(folder)/data' is used by another process (pid \(getpid())). Stop that "
                        + "one, or name another folder with --data."
                )
                #expect((error as? StoreError)?.code == .locked)
            }
            let reader = try openEngine(folder, mode: .readOnly)
            #expect(try await reader.tenants().isEmpty)
            await reader.close()
            await first.close()
            await (try openEngine(folder)).close()
        }
    }

    @Test func aFolderThatCannotBeIsRefused() async throws {
        try await withTemporaryFolder { folder in
            try write([], to: folder + "/data")
            #expect(await code { _ = try openEngine(folder) } == .unavailable)
            #expect(await code { _ = try openEngine(folder + "/data/below") } == .unavailable)
            #expect(await code { _ = try openEngine("/proc/postern") } == .unavailable)
            #expect(await code { _ = try openEngine(folder + "/absent", mode: .readOnly) } == .unavailable)
            let disk = FaultyDisk()
            disk.fail { $0.path.hasSuffix("postern.lock") ? EROFS : nil }
            do {
                _ = try openEngine(folder + "/new", disk: disk)
                Issue.record("A read-only folder was opened for writing.")
            } catch {
                #expect(
                    "\(error)"
                        == "The store could not open '\(folder)/new/data/postern.lock': Read-only file system. Mount that "
                        + "file system for writing, or name another data folder."
                )
            }
        }
    }

    @Test func anUnknownFormatIsRefused() async throws {
        try await withTemporaryFolder { folder in
            await (try openEngine(folder)).close()
            try write(Array(#"{"format":"postern-data","version":1}"#.utf8), to: folder + "/data/format.json")
            #expect(await code { _ = try openEngine(folder) } == .unavailable)
            #expect(await code { _ = try openEngine(folder, mode: .readOnly) } == .unavailable)
        }
    }

    @Test func foldersThatAreNoTenantsAreLeftAlone() async throws {
        try await withTemporaryFolder { folder in
            let engine = try openEngine(folder)
            try await engine.partition(try TenantName("acme")).create("a", "{}")
            for name in ["lost+found", "UPPER", "no-log", "a.b"] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/data/tenants/\(name)",
                    withIntermediateDirectories: true
                )
            }
            #expect(try await engine.tenants().map(\.description) == ["acme"])
            await engine.close()
        }
        for name in ["..", "a/b", "/etc", "a\0", "", "-a", "A", "_", "a.b"] {
            #expect(await code { _ = try TenantName(name) } == .invalidName, "\(name)")
        }
    }
}
