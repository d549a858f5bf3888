import DocumentStore
import FunctionHost
import FunctionKit
import FunctionTesting

/// The process that is killed: a store with bounds so small that within a third of a second everything happens that a store
/// does in a year, and writers that never pause.
struct Victim: Sendable {
    /// Where the data is.
    var folder: String
    /// What the writers' choices follow.
    var seed: UInt64
    /// A part of every operation's name that no other process has.
    var round: Int
    /// What is broken on purpose; nil for nothing.
    var fault: Fault?

    static let tenants = ["ash", "birch", "cedar", "elm", "fir"]
    static let writers = 16

    private let pipe = ReportPipe()
    private let clock = SystemClock()

    var now: Timestamp { clock.now }

    init(folder: String, seed: UInt64, round: Int, fault: Fault?) {
        self.folder = folder
        self.seed = seed
        self.round = round
        self.fault = fault
    }

    /// Writes until the process is killed; returns only when something failed.
    func run() async {
        pipe.tell(.starting)
        do {
            let disk: any Disk = fault?.disk(SystemDisk()) ?? SystemDisk()
            let engine = try StoreUnderTest.open(folder, .exclusive, disk: disk)
            pipe.tell(.opened)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<Self.writers {
                    group.addTask {
                        var writer = VictimWriter(victim: self, number: number, engine: engine)
                        try await writer.run()
                    }
                }
                group.addTask { try await VictimCaretaker(victim: self, engine: engine).run() }
                try await group.waitForAll()
            }
        } catch {
            pipe.tell(.failed("\(error)"))
        }
    }

    func random(_ number: Int) -> SeededRandomSource {
        SeededRandomSource(seed: seed &+ UInt64(round) &* 1_000 &+ UInt64(number))
    }

    /// Commits a batch and tells the driver before and after.
    func commit(
        _ name: String,
        _ tenant: String,
        _ batch: WriteBatch,
        on engine: FileStoreEngine
    ) async throws {
        pipe.tell(.begun(Operation(name: name, tenant: tenant, writes: batch.writes.compactMap(told))))
        do throws(StoreError) {
            let receipt = try await engine.partition(try TenantName(tenant)).commit(batch)
            pipe.tell(.acknowledged(tenant: tenant, name: name, revision: receipt.revision.rawValue))
        } catch {
            guard Self.refusals.contains(error.code) else { throw error }
            pipe.tell(.refused(tenant: tenant, name: name))
        }
    }

    /// What a writer that loses against another is told.
    private static let refusals: Set<StoreError.Code> = [
        .alreadyExists, .notFound, .revisionMismatch, .uniqueViolation, .conflict,
    ]

    private func told(_ write: WriteBatch.Write) -> Operation.Write? {
        let key = "\(write.key.collection)/\(write.key.id)"
        switch write.operation {
        case .create(let content), .replace(let content, _), .upsert(let content):
            return .init(key: key, effect: .put(sum: checksum(content.body), expiresAt: content.expiresAt))
        case .delete: return .init(key: key, effect: .removal)
        case .check: return nil
        }
    }

    /// Declares a schema of `items` and tells the driver before and after.
    func declare(_ variant: Int, _ tenant: String, on engine: FileStoreEngine) async throws {
        pipe.tell(.declaring(tenant: tenant, variant: variant))
        try await engine.partition(try TenantName(tenant)).declare(try StoreUnderTest.items(variant: variant))
        pipe.tell(.declared(tenant: tenant, variant: variant))
    }
}
