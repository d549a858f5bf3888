import DocumentStore
import FoundationEssentials
import FunctionKit
import FunctionTesting
import Glibc
import Testing

/// Backups of a folder that is in use, and what they do with files that are not in order.
@Suite struct BackupTests {
    @Test func aBackupHoldsWhatTheStoreHolds() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let engine = try openEngine(folder, clock: clock)
            let acme = engine.partition(try TenantName("acme"))
            try await acme.declare(IndexDefinition("by_number", on: ["number"], unique: true))
            try await acme.fill(20)
            try await acme.delete("n3")
            try await engine.compact(try TenantName("acme"))
            let last = try await acme.upsert("n4", #"{"number":104}"#, expiresAt: clock.now + .seconds(3600)).revision
            try await engine.partition(try TenantName("zenith")).create("a", "{}")
            let manifest = try StoreBackup(folder).run(at: clock.now)
            #expect(manifest.isComplete)
            #expect(manifest.tenants.map(\.tenant) == ["acme", "zenith"])
            #expect(manifest.tenants.map(\.lastSequence) == [last.rawValue, 1])
            #expect(manifest.at == clock.now)

            let report = try StoreRestore(folder).run()
            #expect(report.restored.map(\.tenant) == ["acme", "zenith"])
            #expect(report.missing.isEmpty)
            // The backup itself is a data folder, and the restored one holds the same.
            let expected = try await contents(folder + "/data", of: ["acme", "zenith"], clock: clock)
            #expect(expected[0].count == 19)
            for copy in ["/backup", "/restored"] {
                #expect(try await contents(folder + copy, of: ["acme", "zenith"], clock: clock) == expected)
                #expect(try StoreVerification(ofFolder: folder + copy, now: clock.now).findings.isEmpty)
            }
            await engine.close()

            let restored = try FileStoreEngine(
                path: folder + "/restored",
                mode: .exclusive,
                clock: clock,
                logger: Logger(sink: RecordingLog(), category: "Store")
            )
            let again = restored.partition(try TenantName("acme"))
            #expect(await code { try await again.create("new", #"{"number":7}"#) } == .uniqueViolation)
            #expect(try await again.create("new", #"{"number":3}"#).revision > last)
            clock.advance(by: .seconds(3601))
            #expect(try await again.body("n4") == nil)
            await restored.close()
        }
    }

    /// Writers go on, logs are compacted; still every write that was acknowledged before a backup began is in it.
    @Test func everyWriteAcknowledgedBeforeIsInTheBackup() async throws {
        try await withTemporaryFolder { folder in
            let engine = try openEngine(folder)
            let acknowledged = LockedState<[String: Int]>([:])
            let isOver = LockedState(false)
            let backups = 8
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    let tenant = "tenant-\(writer % 2)"
                    let partition = engine.partition(try TenantName(tenant))
                    group.addTask {
                        for number in 0... where !isOver.withLock({ $0 }) {
                            let id = "\(writer)-\(number % 50)"
                            try await partition.upsert(id, #"{"number":\#(number)}"#)
                            acknowledged.withLock { $0["\(tenant)/\(id)"] = number }
                            if number % 97 == 96 { try await engine.compact(try TenantName(tenant)) }
                            if isOver.withLock({ $0 }) { return }
                        }
                    }
                }
                group.addTask {
                    defer { isOver.withLock { $0 = true } }
                    for round in 0..<backups {
                        while acknowledged.withLock({ $0.values.reduce(0, +) }) < (round + 1) * 500 {
                            await Task.yield()
                        }
                        let before = acknowledged.withLock { $0 }
                        let destination = "\(folder)/backup-\(round)"
                        let clock = ManualClock()
                        let manifest = try StoreBackup(ofFolder: folder + "/data", to: destination).run(at: clock.now)
                        #expect(manifest.isComplete)
                        #expect(try StoreVerification(ofFolder: destination, now: clock.now).findings.isEmpty)
                        let tenants = ["tenant-0", "tenant-1"]
                        let held = try await contents(destination, of: tenants, clock: clock)
                        var numbers: [String: Int] = [:]
                        for (tenant, documents) in zip(tenants, held) {
                            for document in documents {
                                let text = String(
                                    decoding: document.body.filter { (0x30...0x39).contains($0) },
                                    as: UTF8.self
                                )
                                numbers["\(tenant)/\(document.id)"] = Int(text)
                            }
                        }
                        for (id, number) in before { #expect(numbers[id] ?? -1 >= number, "\(id)") }
                    }
                }
                try await group.waitForAll()
            }
            await engine.close()
        }
    }

    @Test(arguments: [
        #"{"seq":3,"group":3,"at":"20"#, "\0\0\0\0\n\0\0", "garbage\n", "\n",
    ])
    func anUnfinishedWriteIsLeftOut(tail: String) async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let engine = try openEngine(folder, clock: clock)
            try await engine.partition(try TenantName("acme")).fill(2)
            await engine.close()
            let file = try #require(try logFiles(folder, "acme").last)
            try write(file.bytes + Array(tail.utf8), to: file.path)
            let manifest = try StoreBackup(folder).run(at: clock.now)
            #expect(manifest.isComplete)
            #expect(manifest.tenants.first?.lastSequence == 2)
            #expect(try logFiles(folder, "acme", in: "backup").last?.bytes == file.bytes)
        }
    }

    @Test func aDamagedTenantIsReportedAndTheOthersGoOn() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let engine = try openEngine(folder, clock: clock)
            for name in ["acme", "broken", "zenith"] { try await engine.partition(try TenantName(name)).fill(5) }
            await engine.close()
            let file = try #require(try logFiles(folder, "broken").first)
            let offset =
                try #require(String(decoding: file.bytes, as: UTF8.self).utf8.split(separator: 0x0A).first).count + 1
            var bytes = file.bytes
            bytes[offset + 20] ^= 1
            try write(bytes, to: file.path)

            let manifest = try StoreBackup(folder).run(at: clock.now)
            #expect(!manifest.isComplete)
            let failed = try #require(manifest.tenants.first { $0.failure != nil })
            #expect(failed.tenant == "broken")
            #expect(failed.files.isEmpty)
            #expect(failed.failure?.file == file.path)
            #expect(failed.failure?.offset == offset)
            #expect(failed.failure?.reason == "the checksum does not fit the line")
            #expect(names(in: folder + "/backup/tenants/broken").isEmpty)

            let refusal = try #require(storeError(try StoreRestore(folder, tenants: ["broken"]).run))
            #expect(refusal.code == .notFound)
            #expect(refusal.message.contains("the checksum does not fit the line"))
            let report = try StoreRestore(folder).run()
            #expect(report.restored.map(\.tenant) == ["acme", "zenith"])
            #expect(report.missing.map(\.tenant) == ["broken"])
        }
    }

    @Test func someoneElsesFileFailsItsTenantAlone() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let engine = try openEngine(folder, clock: clock)
            for name in ["acme", "theirs"] { try await engine.partition(try TenantName(name)).fill(1) }
            await engine.close()
            let disk = FaultyDisk()
            disk.fail { $0.path.contains("data/tenants/theirs/") && $0.operation == "open" ? EACCES : nil }
            let manifest = try StoreBackup(folder, disk: disk).run(at: clock.now)
            #expect(manifest.tenants.map { $0.failure == nil } == [true, false])
            #expect(manifest.tenants[1].failure?.reason.contains("Permission denied") == true)
            disk.fail { $0.path.contains("data/tenants/theirs/") && $0.operation == "read" ? EIO : nil }
            let second = try StoreBackup(ofFolder: folder + "/data", to: folder + "/second", disk: disk).run(
                at: clock.now
            )
            #expect(second.tenants[1].failure?.reason.contains("Input/output error") == true)
            disk.fail { $0.path.hasSuffix("data/tenants/theirs") && $0.operation == "list" ? EACCES : nil }
            try write([], to: folder + "/data/tenants/no-folder")
            let third = try StoreBackup(ofFolder: folder + "/data", to: folder + "/third", disk: disk).run(
                at: clock.now
            )
            #expect(third.tenants.map(\.tenant) == ["acme", "theirs"])
            #expect(third.tenants[1].failure?.file == folder + "/data/tenants/theirs")
        }
    }

    /// The set of files changes between the listing and the opening, as a compaction makes it.
    @Test func aCompactionMeanwhileIsNoticed() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let engine = try openEngine(folder, clock: clock)
            try await engine.partition(try TenantName("acme")).fill(3)
            await engine.close()
            let log = try #require(try logFiles(folder, "acme").first)
            let place = folder + "/data/tenants/acme/"
            try FileManager.default.removeItem(atPath: log.path)
            for name in ["00000001-00000001", "00000002-00000002", "00000003-00000003"] {
                try write(log.bytes, to: "\(place)\(name).jsonl")
            }
            let disk = FaultyDisk()
            let isDone = LockedState(false)
            disk.fail { access in
                guard access.operation == "open", access.path.hasSuffix("00000002-00000002.jsonl"),
                    !isDone.withLock({ done in
                        defer { done = true }
                        return done
                    })
                else { return nil }
                // The lower files are one now; the first of them has not been removed yet.
                try? write(log.bytes, to: place + "00000001-00000002.jsonl")
                try? FileManager.default.removeItem(atPath: place + "00000002-00000002.jsonl")
                return nil
            }
            let manifest = try StoreBackup(folder, disk: disk).run(at: clock.now)
            #expect(
                manifest.tenants.first?.files.map(\.name) == ["00000001-00000002.jsonl", "00000003-00000003.jsonl"]
            )
            #expect(
                names(in: folder + "/backup/tenants/acme") == ["00000001-00000002.jsonl", "00000003-00000003.jsonl"]
            )
        }
    }

    /// Only the last file of a tenant may have an end that is not whole.
    @Test func aTornEndBeforeAnotherFileIsDamage() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let engine = try openEngine(folder, clock: clock)
            try await engine.partition(try TenantName("acme")).fill(3)
            await engine.close()
            let log = try #require(try logFiles(folder, "acme").first)
            let place = folder + "/data/tenants/acme/"
            try FileManager.default.removeItem(atPath: log.path)
            try write(Array(log.bytes.dropLast(5)), to: place + "00000001-00000001.jsonl")
            try write(log.bytes, to: place + "00000002-00000002.jsonl")
            let manifest = try StoreBackup(folder).run(at: clock.now)
            #expect(manifest.tenants.first?.failure?.file == place + "00000001-00000001.jsonl")
        }
    }

    @Test(arguments: [
        (
            "write", "backup/tenants/acme/", ENOSPC,
            "No space left on device. Free some space there, or name another disk."
        ),
        ("write", "backup.json", ENOSPC, "No space left on device"),
        ("sync", "backup/tenants/acme/", EIO, "Input/output error"),
        ("sync", "backup.json", EIO, "Input/output error"),
        ("rename", "backup.json", EIO, "Input/output error"),
        ("sync folder", "backup/tenants", EIO, "Input/output error"),
        ("make folder", "backup", EACCES, "Permission denied"),
    ])
    func anUnfinishedBackupIsRefused(operation: String, path: String, number: Int32, reason: String) async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let engine = try openEngine(folder, clock: clock)
            try await engine.partition(try TenantName("acme")).fill(1)
            let disk = FaultyDisk()
            disk.fail { $0.operation == operation && $0.path.contains(path) ? number : nil }
            let backup = try StoreBackup(folder, disk: disk)
            let error = try #require(storeError { () throws(StoreError) in try backup.run(at: clock.now) })
            #expect(error.code == .unavailable)
            #expect(error.message.contains(reason), "\(error.message)")
            disk.fail(nil)
            let restore = try StoreRestore(folder, disk: disk)
            let refusal = try #require(storeError(restore.run))
            #expect(refusal.message.contains("interrupted") || refusal.message.contains("There is no data folder"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/restored"))
            // Nothing that was begun is taken up again.
            if FileManager.default.fileExists(atPath: folder + "/backup/format.json") {
                #expect(
                    storeError { () throws(StoreError) in try backup.run(at: clock.now) }?.message.contains(
                        "is not empty"
                    ) == true
                )
            }
            await engine.close()
        }
    }

    @Test func theDestinationMustBeEmptyAndElsewhere() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let engine = try openEngine(folder, clock: clock)
            try await engine.partition(try TenantName("acme")).fill(1)
            let data = folder + "/data"
            for (destination, words) in [
                (data, "lies in the data folder itself"), (data + "/tenants/backup", "lies in the data folder itself"),
                (folder, "is not empty"),
            ] {
                let backup = StoreBackup(ofFolder: data, to: destination)
                let error = try #require(storeError { () throws(StoreError) in try backup.run(at: clock.now) })
                #expect(error.message.contains(words), "\(error.message)")
            }
            let nobody = try StoreBackup(folder, tenants: ["nobody"])
            #expect(storeError { () throws(StoreError) in try nobody.run(at: clock.now) }?.code == .notFound)
            #expect(!FileManager.default.fileExists(atPath: folder + "/backup"))
            try FileManager.default.createDirectory(atPath: folder + "/backup", withIntermediateDirectories: false)
            #expect(try StoreBackup(folder).run(at: clock.now).isComplete)
            await engine.close()
        }
    }
}
