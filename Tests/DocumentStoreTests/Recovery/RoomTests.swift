import FoundationEssentials
import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import DocumentStore

/// The room at the end of a log, over which batches are written.
@Suite struct RoomTests {
    private var limits: FileStoreEngine.Limits {
        var limits = FileStoreEngine.Limits()
        limits.room.fromBytes = 500
        limits.room.bytesMax = 1000
        return limits
    }

    @Test(arguments: [(0, 0), (499, 0), (500, 125), (3999, 999), (4000, 1000), (1 << 30, 1000)])
    func itGrowsWithTheLog(_ end: Int, _ bytes: Int) { #expect(limits.room.bytes(behind: end) == bytes) }

    /// A log with room behind it, as a killed process leaves it.
    private func makeLog(_ folder: String, _ disk: FaultyDisk = FaultyDisk()) async throws -> [UInt8] {
        let engine = try openEngine(folder, disk: disk, limits: limits)
        let acme = engine.partition(try TenantName("acme"))
        for number in 0..<20 { try await acme.create("id\(number)", "{}") }
        let log = try bytes(of: logPath(folder))
        await engine.close()
        return log
    }

    @Test func itIsEmptyLinesUntilTheStoreCloses() async throws {
        try await withTemporaryFolder { folder in
            let log = try await makeLog(folder)
            let closed = try bytes(of: logPath(folder))
            #expect(log.count > closed.count)
            #expect(log.starts(with: closed))
            #expect(log[closed.count...].allSatisfy { $0 == UInt8(ascii: "\n") })
        }
    }

    @Test func aKilledProcessLeavesNothingToRepair() async throws {
        try await withTemporaryFolder { folder in
            let log = try await makeLog(folder)
            try write(log, to: logPath(folder))
            #expect(try StoreVerification(ofFolder: folder + "/data", now: Timestamp(seconds: 0)).findings.isEmpty)
            let sink = RecordingLog()
            let engine = try openEngine(folder, log: sink, limits: limits)
            let acme = engine.partition(try TenantName("acme"))
            #expect(try await acme.ids().count == 20)
            #expect(try await acme.create("next", "{}").revision.rawValue == 21)
            #expect(sink.messages(.warning).isEmpty)
            await engine.close()
            #expect(try !String(decoding: bytes(of: logPath(folder)), as: UTF8.self).contains("\n\n"))
        }
    }

    /// What a killed process left goes away with the next file too, though nothing was written over it.
    @Test func itNeverStaysInAFileThatIsSealed() async throws {
        try await withTemporaryFolder { folder in
            let log = try await makeLog(folder)
            try write(log, to: logPath(folder))
            let clock = ManualClock()
            let engine = try openEngine(folder, clock: clock, limits: limits)
            let tenant = try TenantName("acme")
            _ = try await engine.log(of: tenant).opened()
            // Another file begins, and nothing stands in it.
            _ = try engine.log(of: tenant).beginSegment()
            #expect(try fileNames(folder).filter { $0.hasSuffix(".jsonl") }.count == 2)
            #expect(try !String(decoding: bytes(of: logPath(folder)), as: UTF8.self).contains("\n\n"))
            #expect(try StoreBackup(folder).run(at: clock.now).tenants.allSatisfy { $0.failure == nil })
            await engine.close()
            #expect(try StoreVerification(ofFolder: folder + "/data", now: clock.now).findings.isEmpty)
            let sink = RecordingLog()
            let again = try openEngine(folder, log: sink, limits: limits)
            #expect(try await again.partition(tenant).ids().count == 20)
            #expect(sink.messages(.warning).isEmpty && !sink.messages(.information).contains { $0.contains("hint") })
            await again.close()
        }
    }

    @Test func compactionOfWhatAKilledProcessLeftIsSound() async throws {
        try await withTemporaryFolder { folder in
            let log = try await makeLog(folder)
            try write(log, to: logPath(folder))
            let clock = ManualClock()
            let engine = try openEngine(folder, clock: clock, limits: limits)
            try await engine.compact(TenantName("acme"))
            #expect(try StoreBackup(folder).run(at: clock.now).tenants.allSatisfy { $0.failure == nil })
            await engine.close()
            #expect(try StoreVerification(ofFolder: folder + "/data", now: clock.now).findings.isEmpty)
        }
    }

    @Test func aTornWriteWithinItIsCutOff() async throws {
        try await withTemporaryFolder { folder in
            let log = try await makeLog(folder)
            let end = try bytes(of: logPath(folder)).count
            var writer = LogLineWriter()
            writer.begin(sequence: 21, group: 21, at: Timestamp(seconds: 1))
            writer.endBatch()
            let line = writer.bytes
            // The beginning or the end of the line reached the disk, or only its middle.
            for (first, last) in [(0, 1), (0, line.count / 2), (1, line.count), (line.count / 2, line.count), (5, 20)] {
                var torn = log
                torn.replaceSubrange(end + first..<end + last, with: line[first..<last])
                try write(torn, to: logPath(folder))
                let sink = RecordingLog()
                let engine = try openEngine(folder, log: sink, limits: limits)
                let acme = engine.partition(try TenantName("acme"))
                #expect(try await acme.ids().count == 20)
                #expect(sink.messages(.warning).count == 1, "\(first) to \(last)")
                #expect(try await acme.create("x\(first)-\(last)", "{}").revision.rawValue == 21)
                await engine.close()
            }
        }
    }

    @Test func aMissingLineBeforeALaterOneIsDamage() async throws {
        try await withTemporaryFolder { folder in
            let log = try await makeLog(folder)
            let end = try bytes(of: logPath(folder)).count
            var writer = LogLineWriter()
            writer.begin(sequence: 22, group: 22, at: Timestamp(seconds: 1))
            writer.endBatch()
            var damaged = log
            damaged.replaceSubrange(end + 50..<end + 50 + writer.bytes.count, with: writer.bytes)
            try write(damaged, to: logPath(folder))
            let engine = try openEngine(folder, limits: limits)
            do {
                _ = try await engine.partition(try TenantName("acme")).ids()
                Issue.record("A missing line went unnoticed.")
            } catch {
                #expect("\(error)".contains("is damaged at byte \(end): a line is missing"), "\(error)")
            }
            await engine.close()
        }
    }

    @Test func emptyLinesElsewhereAreDamage() async throws {
        try await withTemporaryFolder { folder in
            _ = try await makeLog(folder)
            let log = try bytes(of: logPath(folder))
            let header = try #require(log.firstIndex(of: UInt8(ascii: "\n")))
            let rows: [(String, [UInt8], String)] = [
                ("only", [10, 10, 10], "byte 0: the first line is missing"),
                ("before the header", [10] + log, "byte 0: the first line is missing"),
                ("behind the header", Array(log[...header]) + [10] + log[(header + 1)...], "a line is missing"),
            ]
            for (name, bytes, words) in rows {
                try write(bytes, to: logPath(folder))
                let engine = try openEngine(folder, limits: limits)
                do {
                    _ = try await engine.partition(try TenantName("acme")).ids()
                    if name != "behind the header" { Issue.record("An empty line \(name) went unnoticed.") }
                } catch {
                    #expect("\(error)".contains(words), "\(name): \(error)")
                }
                await engine.close()
            }
        }
    }

    @Test func aFullDiskHasNoRoomButMayHaveSpaceForABatch() async throws {
        try await withTemporaryFolder { folder in
            let disk = FaultyDisk()
            var limits = limits
            // So little that every batch needs new room.
            limits.room.bytesMax = 10
            let engine = try openEngine(folder, disk: disk, limits: limits)
            let acme = engine.partition(try TenantName("acme"))
            for number in 0..<4 { try await acme.create("\(number)", "{}") }
            // Every second write finds the disk full: the one with room, and not the one without.
            let writes = LockedState(0)
            disk.fail { access in
                guard access.operation == "write" else { return nil }
                return writes.withLock { writes in
                    writes += 1
                    return writes % 2 == 1 ? ENOSPC : nil
                }
            }
            try await acme.create("4", "{}")
            disk.fail(nil)
            for number in 5..<20 { try await acme.create("\(number)", "{}") }
            await engine.close()
            let again = try openEngine(folder)
            #expect(try await again.partition(try TenantName("acme")).ids().count == 20)
            await again.close()
        }
    }
}
