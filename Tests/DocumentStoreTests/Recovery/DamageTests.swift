import FoundationEssentials
import FunctionKit
import FunctionTesting
import Testing

@testable import DocumentStore

/// Logs that are not as they were written: torn tails are cut back, damage stops the tenant.
@Suite struct DamageTests {
    /// A log of five single batches, and where its lines begin.
    private func makeLog(_ folder: String) async throws -> (bytes: [UInt8], lines: [Int]) {
        let engine = try openEngine(folder)
        let acme = engine.partition(try TenantName("acme"))
        for number in 0..<5 { try await acme.create("id\(number)", #"{"text":"é\#(number)"}"#) }
        try await engine.partition(try TenantName("other")).create("a", "{}")
        await engine.close()
        let log = try bytes(of: logPath(folder))
        return (log, [0] + log.indices.filter { log[$0] == UInt8(ascii: "\n") }.map { $0 + 1 })
    }

    @Test func aTailTornAtAnyByteIsCutBack() async throws {
        try await withTemporaryFolder { folder in
            let (log, lines) = try await makeLog(folder)
            for length in lines[4]..<log.count {
                try write(Array(log[..<length]), to: logPath(folder))
                let sink = RecordingLog()
                let engine = try openEngine(folder, log: sink)
                let acme = engine.partition(try TenantName("acme"))
                let whole = length >= lines[5] ? 4 : 3
                #expect(try await acme.ids() == (0..<whole).map { "id\($0)" })
                #expect(sink.messages(.warning).count == (length == lines[whole + 1] ? 0 : 1))
                // The next batch takes the number of the one that never was.
                #expect(try await acme.create("next", "{}").revision.rawValue == Int64(whole + 1))
                await engine.close()
                let again = try openEngine(folder)
                #expect(try await again.partition(try TenantName("acme")).ids().last == "next")
                await again.close()
            }
        }
    }

    @Test func aFlippedBitInTheMiddleStopsTheTenantAndNoOther() async throws {
        try await withTemporaryFolder { folder in
            let (log, lines) = try await makeLog(folder)
            for position in (0..<lines[5]).filter({ $0 % 3 == 0 || log[$0] == UInt8(ascii: "\n") }) {
                var damaged = log
                damaged[position] ^= 1 << UInt8(position % 8)
                try write(damaged, to: logPath(folder))
                let engine = try openEngine(folder)
                let acme = engine.partition(try TenantName("acme"))
                let line = try #require(lines.last { $0 <= position })
                for attempt in 0..<2 {
                    do {
                        if attempt == 0 { _ = try await acme.ids() } else { try await acme.create("x", "{}") }
                        Issue.record("A flipped bit at \(position) went unnoticed.")
                    } catch {
                        #expect((error as? StoreError)?.code == .damaged)
                        #expect("\(error)".hasPrefix("The log '\(logPath(folder))' is damaged at byte \(line): "))
                    }
                }
                #expect(try await engine.partition(try TenantName("other")).ids() == ["a"])
                await engine.close()
                #expect(try bytes(of: logPath(folder)) == damaged)
                let found = try StoreVerification(ofFolder: folder + "/data", now: Timestamp(seconds: 0))
                #expect(!found.isSound)
                #expect(found.findings.first?.offset == line)
                #expect(found.findings.allSatisfy { $0.file == logPath(folder) })
            }
        }
    }

    @Test func whatIsNoLogIsDamage() async throws {
        try await withTemporaryFolder { folder in
            let (log, lines) = try await makeLog(folder)
            func line(_ index: Int) -> ArraySlice<UInt8> { log[lines[index]..<lines[index + 1]] }
            let rows: [(name: String, bytes: [UInt8], offset: Int, reason: String)] = [
                ("empty", [], 0, "the log is empty, without even its first line"),
                ("zeros", [UInt8](repeating: 0, count: 5000), 0, "the checksum does not fit the line"),
                ("text", Array("hello\nworld\n".utf8), 0, "the checksum does not fit the line"),
                ("half a header", Array(log[..<20]), 0, "the checksum does not fit the line"),
                ("no header", Array(log[lines[1]...]), 0, "the first line is missing"),
                (
                    "a batch missing", Array(line(0) + line(1) + line(3)), lines[2],
                    "batch 3 stands where batch 2 belongs"
                ),
                ("a batch twice", Array(line(0) + line(1) + line(1)), lines[2], "batch 1 stands where batch 2 belongs"),
                ("two headers", Array(line(0) + line(0)), lines[1], "a second first line stands here"),
            ]
            for row in rows {
                try write(row.bytes, to: logPath(folder))
                let engine = try openEngine(folder)
                do {
                    _ = try await engine.partition(try TenantName("acme")).ids()
                    Issue.record("\(row.name) went unnoticed.")
                } catch {
                    let words =
                        "The log '\(logPath(folder))' is damaged at byte \(row.offset): \(row.reason). Tenant 'acme' is "
                        + "stopped and nothing was changed; restore the file from a backup."
                    #expect("\(error)" == words, "\(row.name)")
                }
                await engine.close()
                #expect(try bytes(of: logPath(folder)) == row.bytes)
            }
        }
    }

    @Test func anotherTenantsLogIsRefused() async throws {
        try await withTemporaryFolder { folder in
            let (log, _) = try await makeLog(folder)
            try write(log, to: logPath(folder, "other"))
            let engine = try openEngine(folder)
            #expect(await code { _ = try await engine.partition(TenantName("other")).ids() } == .damaged)
            #expect(try await engine.partition(TenantName("acme")).ids().count == 5)
            await engine.close()
        }
    }

    @Test func aTornGroupIsNoDamageThoughItsLastLineIsWhole() async throws {
        try await withTemporaryFolder { folder in
            let (log, lines) = try await makeLog(folder)
            // Lines 4 and 5 as one write whose first page never reached the disk.
            func line(_ sequence: Int64, group: Int64) -> [UInt8] {
                var writer = LogLineWriter()
                writer.begin(sequence: sequence, group: group, at: Timestamp(seconds: 1))
                writer.endBatch()
                return writer.bytes
            }
            let lost = [UInt8](repeating: 0, count: line(4, group: 4).count)
            for (group, isTorn) in [(Int64(4), true), (5, false)] {
                try write(Array(log[..<lines[4]]) + lost + line(5, group: group), to: logPath(folder))
                let engine = try openEngine(folder)
                let result = await code { _ = try await engine.partition(TenantName("acme")).ids() }
                #expect(result == (isTorn ? nil : .damaged))
                await engine.close()
            }
        }
    }

    @Test func aReaderLeavesTheTornTailWhereItIs() async throws {
        try await withTemporaryFolder { folder in
            let (log, lines) = try await makeLog(folder)
            let torn = Array(log[..<(lines[5] + 7)])
            try write(torn, to: logPath(folder))
            let reader = try openEngine(folder, mode: .readOnly)
            let acme = reader.partition(try TenantName("acme"))
            #expect(try await acme.ids() == ["id0", "id1", "id2", "id3"])
            #expect(await code { try await acme.create("x", "{}") } == .unavailable)
            #expect(await code { try await reader.partition(TenantName("new")).create("x", "{}") } == .unavailable)
            #expect(try bytes(of: logPath(folder)) == torn)
            let found = try StoreVerification(ofFolder: folder + "/data", now: Timestamp(seconds: 0))
            #expect(found.isSound)
            #expect(found.findings.map(\.severity) == [.tornTail])
            #expect(found.findings.map(\.offset) == [lines[5]])
            await reader.close()
        }
    }

    @Test func aSoundFolderIsFoundSound() async throws {
        try await withTemporaryFolder { folder in
            _ = try await makeLog(folder)
            let found = try StoreVerification(ofFolder: folder + "/data", now: Timestamp(seconds: 0))
            #expect(found.findings.isEmpty)
            #expect(found.tenants == 2)
            #expect(found.documents == 6)
            #expect(found.lines == 8)
            #expect(
                await code {
                    _ = try StoreVerification(
                        ofFolder: folder + "/data",
                        tenants: [TenantName("nobody")],
                        now: Timestamp(seconds: 0)
                    )
                } == .notFound
            )
        }
    }
}
