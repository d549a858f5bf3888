import DocumentStore
import FoundationEssentials
import FunctionKit
import FunctionTesting
import Glibc
import Testing

/// Figures of tenants, in a running engine and beside it.
@Suite struct StatisticsTests {
    @Test func theFiguresAreThoseOfTheDocuments() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let engine = try openEngine(folder, clock: clock)
            let name = try TenantName("acme")
            let acme = engine.partition(name)
            let empty = try await engine.statistics(of: name)
            #expect(empty == TenantStatistics(tenant: name))
            #expect(empty.deadShare == 0)
            try await acme.declare(IndexDefinition("by_n", on: ["n"], unique: true))
            try await acme.create("a", #"{"n":1}"#)
            try await acme.create("b", #"{"n":22}"#, expiresAt: clock.now + .seconds(60))
            try await acme.upsert("a", #"{"n":3}"#)
            try await acme.create("c", "{}")
            try await acme.delete("c")
            let last = try await acme.write([.init(try key("x", in: "other"), .create(content(#"{"long":"text"}"#)))])
            let before = try await engine.statistics(of: name)
            #expect(before.documents == 3)
            #expect(before.liveBytes == 7 + 8 + 15)
            #expect(before.lastRevision == last.revision.rawValue)
            #expect(before.nextExpiry == clock.now + .seconds(60))
            #expect(before.collections.map(\.collection) == ["notes", "other"])
            #expect(before.collections.map(\.documents) == [2, 1])
            #expect(before.collections.map(\.liveBytes) == [15, 15])
            #expect(before.collections[0].indexes.map(\.name) == ["by_n"])
            #expect(before.diskBytes >= (try logFiles(folder, "acme").reduce(0) { $0 + $1.bytes.count }))
            #expect(before.problem == nil)
            let json = try JSONEncoder().encode(before)
            #expect(try JSONDecoder().decode(TenantStatistics.self, from: json) == before)
            // Beside the running engine, and without its help.
            let reader = try openEngine(folder, mode: .readOnly, clock: clock)
            #expect(try await reader.statistics(of: name) == before)
            await reader.close()
            await engine.close()
        }
    }

    @Test func trouble() async throws {
        try await withTemporaryFolder { folder in
            let disk = FaultyDisk()
            let engine = try openEngine(folder, disk: disk)
            let name = try TenantName("acme")
            try await engine.partition(name).create("a", "{}")
            disk.fail("sync", with: EIO)
            #expect(await code { try await engine.partition(name).create("b", "{}") } == .unavailable)
            disk.fail(nil)
            let statistics = try await engine.statistics(of: name)
            #expect(statistics.documents == 1)
            #expect(statistics.problem?.contains("takes no writes any more") == true)
            await engine.close()
            #expect(await code { _ = try await engine.statistics(of: name) } == .closed)
        }
    }
}
