import FoundationEssentials
import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import DocumentStore

/// The hint file: it spares a start the reading, and never changes what is found.
@Suite struct HintTests {
    private var limits: FileStoreEngine.Limits {
        var limits = FileStoreEngine.Limits()
        limits.hintSlackBytes = 2000
        limits.hintSlackBytesAtClose = 100
        return limits
    }

    /// A tenant with indexes, removals and expiring documents, and a hint file for most of it.
    private func fill(_ folder: String, _ clock: ManualClock) async throws -> [StoredDocument] {
        let engine = try openEngine(folder, clock: clock, limits: limits)
        let acme = engine.partition(try TenantName("acme"))
        try await acme.declare(
            IndexDefinition("by_n", on: ["n"]),
            IndexDefinition("by_mail", on: ["mail"], unique: true),
            IndexDefinition("by_tag", on: ["tags[]"])
        )
        for number in 0..<60 {
            try await acme.create(
                "id\(number)",
                #"{"mail":"m\#(number)","n":\#(number % 7),"tags":["t\#(number % 3)","all"]}"#,
                expiresAt: number % 10 == 0 ? clock.now + .seconds(60) : nil
            )
        }
        for number in 50..<55 { try await acme.delete("id\(number)") }
        try await engine.log(of: TenantName("acme")).endOfMaintenance()
        let documents = try await snapshot(acme)
        await engine.close()
        #expect(try fileNames(folder).contains("index.hint"))
        return documents
    }

    @Test func aStartFindsTheSameWithAndWithoutIt() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let documents = try await fill(folder, clock)
            let disk = FaultyDisk()
            for hasHint in [true, false] {
                if !hasHint { try FileManager.default.removeItem(atPath: hintPath(folder)) }
                let engine = try openEngine(folder, mode: .readOnly, clock: clock, disk: disk)
                let acme = engine.partition(try TenantName("acme"))
                #expect(try await snapshot(acme) == documents)
                #expect(try await acme.ids(index: "by_n", equals: [3]).count == 8)
                #expect(try await acme.ids(index: "by_tag", equals: ["all"]).count == 55)
                #expect(try await acme.ids(index: "by_mail", equals: ["m7"]) == ["id7"])
                await engine.close()
            }
        }
    }

    @Test func theLogBehindItIsReadToo() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            _ = try await fill(folder, clock)
            let hint = try bytes(of: hintPath(folder))
            var engine = try openEngine(folder, clock: clock)
            var acme = engine.partition(try TenantName("acme"))
            try await acme.upsert("id1", #"{"n":3,"mail":"new","tags":["t9"]}"#)
            try await acme.delete("id2")
            try await acme.create("late", #"{"n":3}"#)
            let documents = try await snapshot(acme)
            await engine.close()
            try write(hint, to: hintPath(folder))
            engine = try openEngine(folder, clock: clock)
            acme = engine.partition(try TenantName("acme"))
            #expect(try await snapshot(acme) == documents)
            #expect(try await acme.ids(index: "by_mail", equals: ["m1"]).isEmpty)
            #expect(try await acme.ids(index: "by_tag", equals: ["t9"]) == ["id1"])
            #expect(await code { try await acme.create("x", #"{"mail":"new"}"#) } == .uniqueViolation)
            try await acme.create("y", #"{"mail":"m1"}"#)
            await engine.close()
            #expect(try StoreVerification(ofFolder: folder + "/data", now: clock.now).isSound)
        }
    }

    @Test func aDamagedOneIsNoticedAndReplaced() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let documents = try await fill(folder, clock)
            let hint = try bytes(of: hintPath(folder))
            var damaged: [[UInt8]] = [[], Array("{}".utf8), Array(hint.dropLast()), hint + [0]]
            for position in stride(from: 0, to: hint.count, by: 97) {
                damaged.append(Array(hint[..<position]))
                var flipped = hint
                flipped[position] ^= 1 << UInt8(position % 8)
                damaged.append(flipped)
            }
            for bytes in damaged {
                try write(bytes, to: hintPath(folder))
                let sink = RecordingLog()
                let engine = try openEngine(folder, mode: .readOnly, clock: clock, log: sink)
                #expect(try await snapshot(engine.partition(try TenantName("acme"))) == documents)
                let words = sink.messages(.warning).first ?? ""
                #expect(words.hasPrefix("The hint file '\(hintPath(folder))' cannot be used: "), "\(words)")
                await engine.close()
                let found = try StoreVerification(ofFolder: folder + "/data", now: clock.now)
                #expect(found.findings.map(\.severity) == [.uselessHint])
            }
            let engine = try openEngine(folder, clock: clock, limits: limits)
            _ = try await engine.partition(try TenantName("acme")).ids()
            await engine.close()
            #expect(try StoreVerification(ofFolder: folder + "/data", now: clock.now).findings.isEmpty)
        }
    }

    @Test func aLogThatLostWhatItKnowsIsDamaged() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            _ = try await fill(folder, clock)
            let log = try bytes(of: logPath(folder))
            let lines = log.indices.filter { log[$0] == UInt8(ascii: "\n") }
            // Whole lines are gone: without the hint file nobody could tell.
            try write(Array(log[...lines[lines.count - 3]]), to: logPath(folder))
            var engine = try openEngine(folder, clock: clock)
            do {
                _ = try await engine.partition(try TenantName("acme")).ids()
                Issue.record("Lost lines went unnoticed.")
            } catch {
                #expect("\(error)".contains("the log ends here, but its hint file knows of batch 65"), "\(error)")
            }
            await engine.close()
            try FileManager.default.removeItem(atPath: logPath(folder))
            engine = try openEngine(folder, clock: clock)
            #expect(await code { _ = try await engine.partition(TenantName("acme")).ids() } == .damaged)
            await engine.close()
        }
    }

    @Test func aChangedLogIsReadInsteadOfIt() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let documents = try await fill(folder, clock)
            let hint = try bytes(of: hintPath(folder))
            let engine = try openEngine(folder, clock: clock)
            try await engine.compact(try TenantName("acme"))
            await engine.close()
            try write(hint, to: hintPath(folder))
            let again = try openEngine(folder, clock: clock)
            #expect(try await snapshot(again.partition(try TenantName("acme"))) == documents)
            await again.close()
        }
    }

    @Test func damageInTheLogIsFoundWhenTheDocumentIsRead() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            _ = try await fill(folder, clock)
            var log = try bytes(of: logPath(folder))
            let place = try #require(log.indices.first { log[$0...].starts(with: Array("\"m7\"".utf8)) })
            log[place + 2] = UInt8(ascii: "8")
            try write(log, to: logPath(folder))
            let engine = try openEngine(folder, mode: .readOnly, clock: clock)
            let acme = engine.partition(try TenantName("acme"))
            do {
                _ = try await acme.body("id7")
                Issue.record("A changed document was handed out.")
            } catch {
                #expect((error as? StoreError)?.code == .damaged)
                #expect("\(error)".contains("'\(logPath(folder))' is damaged: the document at byte "), "\(error)")
            }
            #expect(try await acme.body("id8") != nil)
            await engine.close()
            #expect(try !StoreVerification(ofFolder: folder + "/data", now: clock.now).isSound)
        }
    }

    @Test func aFailureToWriteItHarmsNothing() async throws {
        for operation in ["open", "write", "sync", "rename"] {
            try await withTemporaryFolder { folder in
                let clock = ManualClock()
                let disk = FaultyDisk()
                disk.fail { $0.operation == operation && $0.path.hasSuffix("index.hint.new") ? ENOSPC : nil }
                let engine = try openEngine(folder, clock: clock, disk: disk, limits: limits)
                let acme = engine.partition(try TenantName("acme"))
                for number in 0..<60 { try await acme.create("\(number)", #"{"n":\#(number)}"#) }
                await engine.close()
                #expect(try fileNames(folder) == ["00000001-00000001.jsonl"], "\(operation)")
                let again = try openEngine(folder, clock: clock)
                #expect(try await again.partition(try TenantName("acme")).ids(limit: 100).count == 60)
                await again.close()
            }
        }
    }
}
