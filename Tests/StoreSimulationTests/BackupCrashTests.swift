import DocumentStore
import FoundationEssentials
import FunctionKit
import FunctionTesting
import Testing

@testable import StoreSimulation

/// Backups and restores that the machine's end interrupts, at any access and with whatever the disk then loses.
struct BackupCrashTests {
    private static let tenants = ["acme", "mid", "zenith"]
    private static let seeds: UInt64 = 400
    /// Accesses of a run that nothing interrupts are fewer than this, so that some runs come to their end.
    private static let accessesMax = 160

    private let trace = EventTrace()

    private func disk(_ image: DiskImage, seed: UInt64, stream: UInt64) -> SimulatedDisk {
        SimulatedDisk(image: image, random: SimulationRandom(seed: seed, stream: stream), trace: trace)
    }

    /// A data folder below `/` that has been there for a while, as a real engine makes it.
    private func makeImage() async throws -> DiskImage {
        let path = "/tmp/postern-simulation-\(UInt64.random(in: 0 ... .max))"
        let real = SystemDisk()
        try real.makeFolder(path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let engine = try FileStoreEngine(
            path: path + "/data",
            mode: .exclusive,
            clock: ManualClock(),
            logger: Logger(sink: RecordingLog(), category: "Store")
        )
        for name in Self.tenants {
            let partition = engine.partition(try TenantName(name))
            for number in 0..<4 {
                let key = DocumentKey(try CollectionName("notes"), try DocumentID("\(name)-\(number)"))
                _ = try await partition.commit(
                    WriteBatch([.init(key, .create(.init(body: Array(#"{"n":\#(number)}"#.utf8))))])
                )
            }
        }
        await engine.close()
        let disk = disk(DiskImage(), seed: 0, stream: 0)
        try copy(real, path + "/data", disk, "/data")
        try disk.syncFolder("/")
        return disk.image
    }

    private func copy(_ real: SystemDisk, _ source: String, _ disk: SimulatedDisk, _ target: String) throws {
        try disk.makeFolder(target)
        for name in try real.names(in: source) ?? [] where name != "postern.lock" {
            if (try? real.names(in: "\(source)/\(name)")) != nil {
                try copy(real, "\(source)/\(name)", disk, "\(target)/\(name)")
                continue
            }
            let bytes = try #require(try real.open("\(source)/\(name)", .read)).readFully(at: 0, count: 1 << 20)
            let file = try #require(try disk.open("\(target)/\(name)", .create))
            try file.write(bytes, at: 0)
            try file.sync()
        }
        try disk.syncFolder(target)
    }

    /// The files of a tenant that count, with their bytes; empty when the tenant is not visible.
    private func files(_ image: DiskImage, _ data: String, _ tenant: String) -> [String: [UInt8]] {
        let place = "\(data)/tenants/\(tenant)/"
        var result: [String: [UInt8]] = [:]
        for (path, file) in image.paths() where path.hasPrefix(place) && path.hasSuffix(".jsonl") {
            result[String(path.dropFirst(place.count))] = image.files[file].content
        }
        return result
    }

    /// What the disk holds when the machine is back.
    private func restarted(_ disk: SimulatedDisk, losesPower: Bool) -> DiskImage {
        var image = disk.image
        if losesPower { image.losePower(&disk.random) }
        image.endProcess()
        return image
    }

    /// What runs of many seeds came to.
    private struct Outcome {
        var violations: [String] = []
        var finished = 0
        var interrupted = 0

        mutating func expect(_ holds: Bool, _ message: String) {
            if !holds { violations.append(message) }
        }
    }

    /// A disk that is used as it should be, or with a bug.
    private func used(_ disk: SimulatedDisk, _ bug: SimulatedBug?) -> any Disk {
        if let bug { BuggyDisk(disk, bug) } else { disk }
    }

    private func backUp(_ bug: SimulatedBug?) async throws -> Outcome {
        let image = try await makeImage()
        let expected = Self.tenants.map { files(image, "/data", $0) }
        var outcome = Outcome()
        for seed in 0..<Self.seeds {
            let disk = disk(image, seed: seed, stream: 1)
            disk.stopsAt = 1 + disk.random.below(Self.accessesMax)
            let backup = StoreBackup(ofFolder: "/data", to: "/backups/one", disk: used(disk, bug))
            let isFinished = (try? backup.run(at: ManualClock().now)) != nil
            let after = self.disk(restarted(disk, losesPower: seed % 3 > 0), seed: seed, stream: 2)
            let report = try? StoreRestore(from: "/backups/one", to: "/restored", disk: after).run()
            if isFinished { outcome.finished += 1 }
            if report == nil { outcome.interrupted += 1 }
            outcome.expect(!isFinished || report != nil, "seed \(seed): a finished backup was refused")
            for (tenant, content) in zip(Self.tenants, expected) {
                let found = files(after.image, "/restored", tenant)
                outcome.expect(
                    found == (report == nil ? [:] : content),
                    "seed \(seed): '\(tenant)' came back otherwise"
                )
                outcome.expect(files(after.image, "/data", tenant) == content, "seed \(seed): the source was changed")
            }
        }
        return outcome
    }

    private func restore(_ bug: SimulatedBug?) async throws -> Outcome {
        let plain = disk(try await makeImage(), seed: 0, stream: 0)
        _ = try StoreBackup(ofFolder: "/data", to: "/backup", disk: plain).run(at: ManualClock().now)
        let image = plain.image
        let expected = Self.tenants.map { files(image, "/data", $0) }
        var outcome = Outcome()
        for seed in 0..<Self.seeds {
            let disk = disk(image, seed: seed, stream: 1)
            disk.stopsAt = 1 + disk.random.below(Self.accessesMax)
            let isFinished = (try? StoreRestore(from: "/backup", to: "/restored", disk: used(disk, bug)).run()) != nil
            let after = self.disk(restarted(disk, losesPower: seed % 3 > 0), seed: seed, stream: 2)
            var missing: [TenantName] = []
            for (tenant, content) in zip(Self.tenants, expected) {
                let found = files(after.image, "/restored", tenant)
                if found.isEmpty { missing.append(try TenantName(tenant)) }
                outcome.expect(found.isEmpty || found == content, "seed \(seed): '\(tenant)' is there in part")
            }
            if isFinished { outcome.finished += 1 }
            if !missing.isEmpty && missing.count < Self.tenants.count { outcome.interrupted += 1 }
            outcome.expect(!isFinished || missing.isEmpty, "seed \(seed): a restored tenant is gone")
            let again = StoreRestore(from: "/backup", to: "/restored", tenants: missing, disk: after)
            outcome.expect((try? again.run()) != nil, "seed \(seed): the rest cannot be restored")
            for (tenant, content) in zip(Self.tenants, expected) {
                let found = files(after.image, "/restored", tenant)
                outcome.expect(found == content, "seed \(seed): '\(tenant)' is not whole in the end")
            }
        }
        return outcome
    }

    /// A backup that came to its end survives everything; one that did not is refused, or it is whole.
    @Test func aBackupIsWholeOrRefused() async throws {
        let outcome = try await backUp(nil)
        #expect(outcome.violations.isEmpty)
        #expect(outcome.finished > 20 && outcome.interrupted > 100, "\(outcome)")
    }

    /// After any crash each tenant is there as a whole or not at all, and the rest can be restored.
    @Test func aRestoreShowsWholeTenants() async throws {
        let outcome = try await restore(nil)
        #expect(outcome.violations.isEmpty)
        #expect(outcome.finished > 20 && outcome.interrupted > 5, "\(outcome)")
    }

    /// Without the syncs of folders both promises break, and these tests notice.
    @Test func aMissingFolderSyncIsNoticed() async throws {
        #expect(try await backUp(.noFolderSync).violations.contains { $0.contains("a finished backup was refused") })
        #expect(try await !restore(.noFolderSync).violations.isEmpty)
    }
}
