import Dispatch
import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import DocumentStore

/// One tenant's trouble is nobody else's.
@Suite struct IsolationTests {
    /// Lets accesses wait until it is opened, without a thread of Swift's concurrency among them.
    private final class Gate: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        private let isOpen = LockedState(false)
        private let arrivals = AsyncStream<Void>.makeStream()

        func pass() {
            arrivals.continuation.yield()
            guard !isOpen.withLock({ $0 }) else { return }
            semaphore.wait()
            semaphore.signal()
        }

        func arrival() async { for await _ in arrivals.stream { return } }

        func open() {
            isOpen.withLock { $0 = true }
            semaphore.signal()
        }
    }

    @Test func aSlowCompactionHoldsUpNobody() async throws {
        try await withTemporaryFolder { folder in
            let disk = FaultyDisk()
            var limits = FileStoreEngine.Limits()
            // As many as there are; the other tenant's commits have workers of their own.
            limits.maintenanceWorkersMax = 1
            let engine = try openEngine(folder, disk: disk, limits: limits)
            let acme = engine.partition(try TenantName("acme"))
            let other = engine.partition(try TenantName("other"))
            for number in 0..<20 { try await acme.create("\(number)", #"{"n":\#(number)}"#) }
            let gate = Gate()
            disk.fail { access in
                if access.operation == "write", access.path.hasSuffix("acme/00000001-00000002.jsonl.new") {
                    gate.pass()
                }
                return nil
            }
            async let compaction: Void = engine.compact(try TenantName("acme"))
            await gate.arrival()
            // The compaction hangs in the disk: this tenant and the other one read and write.
            try await acme.create("during", "{}")
            try await acme.upsert("3", #"{"n":33}"#)
            try await acme.delete("4")
            try await other.create("a", "{}")
            #expect(try await acme.body("3") == #"{"n":33}"#)
            #expect(try await acme.body("5") == #"{"n":5}"#)
            gate.open()
            try await compaction
            #expect(try await acme.body("3") == #"{"n":33}"#)
            #expect(try await acme.body("4") == nil)
            #expect(try await acme.ids(limit: 100).count == 20)
            await engine.close()
            let again = try openEngine(folder)
            #expect(try await again.partition(try TenantName("acme")).body("3") == #"{"n":33}"#)
            #expect(try await again.partition(try TenantName("acme")).body("4") == nil)
            await again.close()
        }
    }

    @Test func aFullTenantIsFullAlone() async throws {
        try await withTemporaryFolder { folder in
            var limits = FileStoreEngine.Limits()
            limits.tenantBytesMax = 1000
            let engine = try openEngine(folder, limits: limits)
            let acme = engine.partition(try TenantName("acme"))
            let text = String(repeating: "x", count: 300)
            for number in 0..<3 { try await acme.create("\(number)", #"{"t":"\#(text)"}"#) }
            #expect(await code { try await acme.create("3", #"{"t":"\#(text)"}"#) } == .quotaExceeded)
            try await engine.partition(try TenantName("other")).create("0", #"{"t":"\#(text)"}"#)
            try await acme.delete("0")
            try await acme.create("3", #"{"t":"\#(text)"}"#)
            await engine.close()
            // The bound holds over a restart.
            let again = try openEngine(folder, limits: limits)
            #expect(
                await code { try await again.partition(TenantName("acme")).create("4", #"{"t":"\#(text)"}"#) }
                    == .quotaExceeded
            )
            await again.close()
        }
    }

    @Test func manyTenantsShareFewFilesAndLittleMemory() async throws {
        try await withTemporaryFolder { folder in
            let disk = FaultyDisk()
            var limits = FileStoreEngine.Limits()
            limits.openFilesMax = 8
            limits.openDocumentsMax = 40
            let engine = try openEngine(folder, disk: disk, limits: limits)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let tenant = engine.partition(try TenantName("t\(number)"))
                        try await tenant.create("a", "{}")
                        try await tenant.create("b", "{}")
                    }
                }
                try await group.waitForAll()
            }
            #expect(engine.openFiles <= 8)
            #expect(disk.openFiles <= 9)
            for number in 0..<200 {
                #expect(try await engine.partition(try TenantName("t\(number)")).ids() == ["a", "b"])
            }
            await engine.close()
        }
    }
}
