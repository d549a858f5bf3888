import DocumentStore
import FunctionKit
import FunctionTesting

/// Does what a host does beside the requests, far more often: compacts, sweeps, declares.
struct VictimCaretaker {
    let victim: Victim
    let engine: FileStoreEngine
    private let random: SeededRandomSource

    init(victim: Victim, engine: FileStoreEngine) {
        self.victim = victim
        self.engine = engine
        random = victim.random(Victim.writers)
    }

    func run() async throws {
        while true {
            try await Task.sleep(for: .milliseconds(5 + pick(25)))
            let tenant = Victim.tenants[pick(Victim.tenants.count)]
            switch pick(4) {
            case 0: try await victim.declare(pick(StoreUnderTest.variants), tenant, on: engine)
            case 1: try await engine.compact(try TenantName(tenant))
            default: try await engine.sweepExpired()
            }
        }
    }

    private func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
}
