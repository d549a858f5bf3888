import FoundationEssentials
import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import DocumentStore

/// Rewriting a log.
@Suite struct CompactionTests {
    private func fill(_ acme: any TenantPartition, _ clock: ManualClock) async throws {
        try await acme.declare(IndexDefinition("by_n", on: ["n"]))
        for number in 0..<250 { try await acme.create("id\(number)", #"{"n":\#(number)}"#) }
        clock.advance(by: .seconds(60))
        for number in 0..<240 { try await acme.upsert("id\(number)", #"{"n":\#(1000 - number)}"#) }
        for number in 0..<30 { try await acme.delete("id\(number)") }
        try await acme.upsert("id100", "{}", expiresAt: clock.now + .seconds(5))
    }

    @Test func nothingChangesButTheSize() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            var engine = try openEngine(folder, clock: clock)
            var acme = engine.partition(try TenantName("acme"))
            try await fill(acme, clock)
            let before = try await snapshot(acme)
            let order = try await acme.ids(index: "by_n", limit: 1000)
            let size = try logSize(folder)
            try await engine.compact(try TenantName("acme"))
            #expect(try logSize(folder) < size * 2 / 3)
            #expect(try fileNames(folder) == ["00000001-00000002.jsonl", "00000003-00000003.jsonl"])
            #expect(try await snapshot(acme) == before)
            let next = try await acme.create("next", #"{"n":-1}"#).revision
            #expect(next.rawValue == 522)
            await engine.close()

            engine = try openEngine(folder, clock: clock)
            acme = engine.partition(try TenantName("acme"))
            #expect(try await snapshot(acme).filter { $0.id.description != "next" } == before)
            try await acme.delete("next")
            #expect(try await acme.ids(index: "by_n", limit: 1000) == order)
            #expect(try StoreVerification(ofFolder: folder + "/data", now: clock.now).findings.isEmpty)
            await engine.close()
        }
    }

    @Test func aLogThatIsMostlyDeadIsRewrittenByItself() async throws {
        try await withTemporaryFolder { folder in
            var limits = FileStoreEngine.Limits()
            limits.compactionSlackBytes = 20_000
            let engine = try openEngine(folder, limits: limits)
            let acme = engine.partition(try TenantName("acme"))
            for number in 0..<2000 { try await acme.upsert("same", #"{"n":\#(number)}"#) }
            try await engine.log(of: TenantName("acme")).endOfMaintenance()
            #expect(try logSize(folder) < 45_000)
            #expect(try await acme.body("same") == #"{"n":1999}"#)
            await engine.close()
        }
    }

    @Test func aFailureLeavesTheOldLog() async throws {
        let accesses = ["open", "write", "sync", "rename"]
        let files = ["00000002", "00000003"].map { "-\($0).jsonl.new" }
        for (operation, file) in accesses.flatMap({ access in files.map { (access, $0) } }) {
            try await withTemporaryFolder { folder in
                let disk = FaultyDisk()
                let clock = ManualClock()
                let engine = try openEngine(folder, clock: clock, disk: disk)
                let acme = engine.partition(try TenantName("acme"))
                try await fill(acme, clock)
                let before = try await snapshot(acme)
                disk.fail { $0.operation == operation && $0.path.hasSuffix(file) ? ENOSPC : nil }
                #expect(
                    await code { try await engine.compact(TenantName("acme")) } == .unavailable,
                    "\(operation) \(file)"
                )
                disk.fail(nil)
                #expect(try await snapshot(acme) == before)
                try await acme.create("after", "{}")
                await engine.close()
                #expect(try !fileNames(folder).contains { $0.hasSuffix(".new") })
                #expect(try StoreVerification(ofFolder: folder + "/data", now: clock.now).findings.isEmpty)
            }
        }
    }

    @Test func whatAnInterruptedRewritingLeftIsRemoved() async throws {
        try await withTemporaryFolder { folder in
            var engine = try openEngine(folder)
            try await engine.partition(try TenantName("acme")).create("a", "{}")
            await engine.close()
            try write(Array("half".utf8), to: logPath(folder) + ".new")
            engine = try openEngine(folder)
            #expect(try await engine.partition(try TenantName("acme")).ids() == ["a"])
            #expect(!FileManager.default.fileExists(atPath: logPath(folder) + ".new"))
            await engine.close()
        }
    }

    @Test func damageInASnapshotIsNeverTakenForATornTail() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            var engine = try openEngine(folder, clock: clock)
            try await fill(engine.partition(try TenantName("acme")), clock)
            try await engine.compact(try TenantName("acme"))
            await engine.close()
            let path = logPath(folder, "acme", "00000001-00000002")
            let log = try bytes(of: path)
            for cut in [1, 30, 5000] {
                try write(Array(log.dropLast(cut)), to: path)
                engine = try openEngine(folder, clock: clock)
                #expect(await code { _ = try await engine.partition(TenantName("acme")).ids() } == .damaged)
                await engine.close()
            }
        }
    }

    @Test func readersSeeOneStateWhileTheLogIsReplaced() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let engine = try openEngine(folder, clock: clock)
            let acme = engine.partition(try TenantName("acme"))
            try await fill(acme, clock)
            let before = try await snapshot(acme)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        for _ in 0..<40 {
                            let now = try await snapshot(acme)
                            #expect(now == before)
                            await Task.yield()
                        }
                    }
                }
                group.addTask { for _ in 0..<10 { try await engine.compact(try TenantName("acme")) } }
                try await group.waitForAll()
            }
            await engine.close()
        }
    }
}
