import FoundationEssentials
import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import DocumentStore

/// The files that a log is made of.
@Suite struct SegmentTests {
    @Test(arguments: [
        ("00000001-00000001.jsonl", SegmentRange(1, 1)), ("00000002-00000017.jsonl", SegmentRange(2, 17)),
        ("123456789-123456789.jsonl", SegmentRange(123_456_789, 123_456_789)),
    ])
    func aNameSaysWhichSegments(_ name: String, _ range: SegmentRange) {
        #expect(SegmentRange(fileName: name) == range)
        #expect(range.fileName == name)
    }

    @Test(arguments: [
        "", ".jsonl", "1-1.jsonl", "00000000-00000001.jsonl", "00000002-00000001.jsonl", "00000001.jsonl",
        "00000001-00000001.json", "00000001-00000001.jsonl.new", "+0000001-00000001.jsonl", "000000001-00000001.jsonl",
        "00000001-00000001-.jsonl", "99999999999999999999-99999999999999999999.jsonl",
    ])
    func otherNamesAreNoSegments(_ name: String) { #expect(SegmentRange(fileName: name) == nil) }

    @Test func whatACompactionReplacedDoesNotCount() {
        let listing = SegmentListing(names: [
            "00000004-00000004.jsonl", "00000001-00000001.jsonl", "00000001-00000003.jsonl", "index.hint", "notes.txt",
            "00000002-00000002.jsonl", "index.hint.new",
        ])
        #expect(listing.ranges == [SegmentRange(1, 3), SegmentRange(4, 4)])
        #expect(
            listing.leftovers.sorted() == ["00000001-00000001.jsonl", "00000002-00000002.jsonl", "index.hint.new"]
        )
        #expect(listing.hasHint)
    }

    /// A log of a compacted file, a sealed segment and the active one.
    private func makeLog(_ folder: String) async throws {
        let disk = FaultyDisk()
        let engine = try openEngine(folder, disk: disk)
        let acme = engine.partition(try TenantName("acme"))
        for number in 0..<5 { try await acme.create("a\(number)", "{}") }
        try await engine.compact(try TenantName("acme"))
        for number in 0..<5 { try await acme.create("b\(number)", "{}") }
        // A compaction that fails behind the new segment leaves one that is sealed.
        disk.fail { $0.operation == "write" && $0.path.hasSuffix("00000001-00000004.jsonl.new") ? EIO : nil }
        #expect(await code { try await engine.compact(TenantName("acme")) } == .unavailable)
        disk.fail(nil)
        for number in 0..<5 { try await acme.create("c\(number)", "{}") }
        await engine.close()
        #expect(
            try fileNames(folder)
                == ["00000001-00000002", "00000003-00000003", "00000005-00000005"].map { $0 + ".jsonl" }
        )
    }

    @Test func allFilesTogetherAreTheLog() async throws {
        try await withTemporaryFolder { folder in
            try await makeLog(folder)
            let engine = try openEngine(folder)
            let acme = engine.partition(try TenantName("acme"))
            #expect(try await acme.ids().count == 15)
            try await engine.compact(try TenantName("acme"))
            #expect(try fileNames(folder) == ["00000001-00000006.jsonl", "00000007-00000007.jsonl"])
            #expect(try await acme.create("d", "{}").revision.rawValue == 16)
            await engine.close()
            let found = try StoreVerification(ofFolder: folder + "/data", now: Timestamp(seconds: 0))
            #expect(found.findings.isEmpty)
            #expect(found.documents == 16)
        }
    }

    @Test func aMissingFileIsDamage() async throws {
        let rows: [(removed: String, reason: String)] = [
            ("00000001-00000002", "the file goes on behind batch 5, but the log before it ends with batch 0"),
            ("00000003-00000003", "the file goes on behind batch 10, but the log before it ends with batch 5"),
        ]
        for row in rows {
            try await withTemporaryFolder { folder in
                try await makeLog(folder)
                try FileManager.default.removeItem(atPath: logPath(folder, "acme", row.removed))
                let engine = try openEngine(folder)
                do {
                    _ = try await engine.partition(try TenantName("acme")).ids()
                    Issue.record("A missing file went unnoticed.")
                } catch {
                    #expect("\(error)".contains(row.reason), "\(error)")
                    #expect((error as? StoreError)?.code == .damaged)
                }
                await engine.close()
            }
        }
    }

    @Test func aCompactedFileAloneIsDamage() async throws {
        try await withTemporaryFolder { folder in
            try await makeLog(folder)
            for name in ["00000003-00000003", "00000005-00000005"] {
                try FileManager.default.removeItem(atPath: logPath(folder, "acme", name))
            }
            let engine = try openEngine(folder)
            #expect(await code { _ = try await engine.partition(TenantName("acme")).ids() } == .damaged)
            await engine.close()
        }
    }

    @Test func aTornTailInASealedFileIsDamage() async throws {
        try await withTemporaryFolder { folder in
            try await makeLog(folder)
            let path = logPath(folder, "acme", "00000003-00000003")
            let log = try bytes(of: path)
            for cut in [1, 7, 60] {
                try write(Array(log.dropLast(cut)), to: path)
                let engine = try openEngine(folder)
                #expect(await code { _ = try await engine.partition(TenantName("acme")).ids() } == .damaged)
                await engine.close()
            }
        }
    }

    @Test func filesThatOverlapAreDamage() async throws {
        try await withTemporaryFolder { folder in
            try await makeLog(folder)
            try FileManager.default.moveItem(
                atPath: logPath(folder, "acme", "00000003-00000003"),
                toPath: logPath(folder, "acme", "00000002-00000003")
            )
            let engine = try openEngine(folder)
            #expect(await code { _ = try await engine.partition(TenantName("acme")).ids() } == .damaged)
            await engine.close()
        }
    }
}
