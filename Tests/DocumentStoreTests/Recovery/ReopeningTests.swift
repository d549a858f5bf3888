import DocumentStore
import FoundationEssentials
import FunctionKit
import FunctionTesting
import Testing

/// What is there when a data folder is opened again.
@Suite struct ReopeningTests {
    @Test func everythingIsThereAgain() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            var engine = try openEngine(folder, clock: clock)
            var acme = engine.partition(try TenantName("acme"))
            try await acme.declare(IndexDefinition("early", on: ["n"]))
            for number in 0..<30 {
                try await acme.create("id\(number)", #"{"n":\#(30 - number),"mail":"m\#(number)"}"#)
            }
            try await acme.declare(
                IndexDefinition("by_n", on: ["n"]),
                IndexDefinition("by_mail", on: ["mail"], unique: true)
            )
            clock.advance(by: .seconds(3))
            try await acme.upsert("id3", #"{"n":77}"#)
            try await acme.delete("id4")
            let last = try await acme.create(#"odd " \ é 😀"#, "{}", expiresAt: clock.now + .seconds(9)).revision
            try await engine.partition(.host).create("key", #"{"value":"k"}"#)
            let before = try await snapshot(acme)
            await engine.close()

            engine = try openEngine(folder, clock: clock)
            acme = engine.partition(try TenantName("acme"))
            #expect(try await snapshot(acme) == before)
            #expect(try await acme.ids(index: "by_n", order: .descending, limit: 3).first == "id3")
            #expect(await code { try await acme.create("x", #"{"mail":"m5"}"#) } == .uniqueViolation)
            #expect(await code { _ = try await acme.ids(index: "early") } == .invalidQuery)
            #expect(try await acme.create("new", "{}").revision.rawValue == last.rawValue + 1)
            #expect(try await engine.tenants().map(\.description) == ["_host", "acme"])
            clock.advance(by: .seconds(9))
            #expect(try await acme.get(key(#"odd " \ é 😀"#)) == nil)
            await engine.close()
        }
    }

    @Test func theLogIsReadableAsJSONLines() async throws {
        try await withTemporaryFolder { folder in
            let engine = try openEngine(folder)
            let acme = engine.partition(try TenantName("acme"))
            try await acme.declare(IndexDefinition("by_n", on: ["n"]))
            try await acme.write([
                .init(try key("a"), .create(content(#"{"n":1}"#))), .init(try key("b"), .create(content(#"{"n":2}"#))),
            ])
            try await acme.delete("a")
            await engine.close()
            let lines = String(decoding: try bytes(of: logPath(folder)), as: UTF8.self).split(separator: "\n")
            let words = [
                #"{"postern_log":2,"tenant":"acme","first":1,"last":1,"seq":0,"through":0,"removals_since":0,"#
                    + #""at":"2026-01-01T00:00:00.000Z","schemas":["#
                    + #"{"collection":"notes","indexes":[{"fields":[{"ignores_case":false,"path":"n"}],"name":"by_n","#
                    + #""unique":false}]}],"crc":"5ea5ea55"}"#,
                #"{"seq":1,"group":1,"at":"2026-01-01T00:00:00.000Z","ops":[{"put":"notes","id":"a","doc":{"n":1}},"#
                    + #"{"put":"notes","id":"b","doc":{"n":2}}],"crc":"00000000"}"#,
                #"{"seq":2,"group":2,"at":"2026-01-01T00:00:00.000Z","ops":[{"delete":"notes","id":"a"}],"crc":"00000000"}"#,
            ]
            #expect(lines.map { $0.dropLast(10) } == words.map { $0.dropLast(10) })
        }
    }

    @Test func anAcknowledgedWriteSurvivesADeathAtAnyMoment() async throws {
        try await withTemporaryFolder { folder in
            let engine = try openEngine(folder)
            let acme = engine.partition(try TenantName("acme"))
            let acknowledged = Recorder()
            engine.observeCommits { acknowledged.add($0) }
            try await acme.create("first", "{}")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        for number in 0..<25 { try await acme.create("w\(writer)-\(number)", #"{"n":\#(number)}"#) }
                    }
                }
                group.addTask {
                    for round in 1...6 {
                        await acknowledged.wait(for: round * 30)
                        let count = acknowledged.notices.count
                        // What a killed process leaves behind is what its files hold at that moment.
                        let copy = "\(folder)/copy\(round)"
                        try FileManager.default.createDirectory(
                            atPath: "\(copy)/data/tenants/acme",
                            withIntermediateDirectories: true
                        )
                        try write(try bytes(of: logPath(folder)), to: logPath(copy))
                        let revived = try openEngine(copy)
                        let found =
                            try await revived.partition(try TenantName("acme")).collections().first?.documents ?? 0
                        #expect(found >= count)
                        await revived.close()
                    }
                }
                try await group.waitForAll()
            }
            await engine.close()
        }
    }

    @Test func waitingWritersShareASync() async throws {
        try await withTemporaryFolder { folder in
            let disk = FaultyDisk()
            let engine = try openEngine(folder, disk: disk)
            let acme = engine.partition(try TenantName("acme"))
            try await acme.create("first", "{}")
            let before = disk.fileSyncs
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<400 { group.addTask { try await acme.create("\(number)", "{}") } }
                try await group.waitForAll()
            }
            let syncs = disk.fileSyncs - before
            #expect((1..<400).contains(syncs))
            await engine.close()
        }
    }

    @Test func expiredDocumentsAreSweptDurably() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            var limits = FileStoreEngine.Limits()
            limits.sweepDocumentsMax = 4
            var engine = try openEngine(folder, clock: clock, limits: limits)
            let seen = Recorder()
            engine.observeCommits { seen.add($0) }
            var acme = engine.partition(try TenantName("acme"))
            for number in 0..<10 {
                try await acme.create("\(number)", "{}", expiresAt: clock.now + .seconds(Int64(number)))
            }
            clock.advance(by: .seconds(6))
            #expect(try await engine.sweepExpired() == 7)
            #expect(try await engine.sweepExpired() == 0)
            await seen.wait(for: 12)
            #expect(try await acme.ids() == ["7", "8", "9"])
            await engine.close()
            // The clock jumps back: what was swept does not come back.
            engine = try openEngine(folder, clock: ManualClock())
            acme = engine.partition(try TenantName("acme"))
            #expect(try await acme.ids() == ["7", "8", "9"])
            await engine.close()
        }
    }

    @Test func filesAndTenantsInMemoryAreBounded() async throws {
        try await withTemporaryFolder { folder in
            let disk = FaultyDisk()
            var limits = FileStoreEngine.Limits()
            limits.openFilesMax = 3
            limits.openTenantsMax = 8
            let engine = try openEngine(folder, disk: disk, limits: limits)
            for round in 0..<3 {
                for number in 0..<20 {
                    let tenant = engine.partition(try TenantName("t\(number)"))
                    try await tenant.create("r\(round)", #"{"n":\#(number)}"#)
                    #expect(try await tenant.body("r0") == #"{"n":\#(number)}"#)
                }
            }
            // The lock is open too.
            #expect(disk.openFiles <= 4)
            for number in 0..<20 {
                #expect(try await engine.partition(try TenantName("t\(number)")).ids() == ["r0", "r1", "r2"])
            }
            await engine.close()
            #expect(disk.openFiles == 0)
        }
    }
}

/// Every document with all that the store knows of it.
func snapshot(_ partition: any TenantPartition) async throws -> [StoredDocument] {
    try await partition.query(StoreQuery(collection: try CollectionName("notes"), limit: 1000)).documents
}
