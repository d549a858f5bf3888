import DocumentStore
import FunctionKit
import FunctionTesting

/// One client: chooses a tenant and something to do there, does it, and goes on.
struct VictimWriter {
    let victim: Victim
    let number: Int
    let engine: FileStoreEngine
    private let random: SeededRandomSource
    private var operations = 0

    init(victim: Victim, number: Int, engine: FileStoreEngine) {
        self.victim = victim
        self.number = number
        self.engine = engine
        random = victim.random(number)
    }

    mutating func run() async throws {
        while true {
            operations += 1
            let tenant = Victim.tenants[pick(Victim.tenants.count)]
            switch pick(10) {
            case 0..<3: try await writeItem(tenant)
            case 3..<5: try await removeItem(tenant)
            case 5: try await count(tenant)
            case 6..<8: try await transfer(tenant)
            case 8: try await trimLedger(tenant)
            default: try await takeSlotOfAnother(tenant)
            }
        }
    }

    private var name: String { "\(victim.round)-\(number)-\(operations)" }

    private func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    /// A body that no other operation has, of any size up to a few pages.
    private func content(slot: Int, expires: Bool = false) -> WriteBatch.Content {
        let fill = String(repeating: "x", count: pick(40) == 0 ? 30_000 : pick(500))
        let now = victim.now
        return WriteBatch.Content(
            body: Array("{\"slot\":\(slot),\"name\":\"\(name)\",\"fill\":\"\(fill)\"}".utf8),
            expiresAt: expires ? now + .milliseconds(30 + pick(300)) : nil
        )
    }

    private func key(_ collection: String, _ id: String) throws -> DocumentKey {
        DocumentKey(try CollectionName(collection), try DocumentID(id))
    }

    private func get(_ tenant: String, _ key: DocumentKey) async throws -> StoredDocument? {
        try await engine.partition(try TenantName(tenant)).get(key)
    }

    private func commit(_ tenant: String, _ writes: [WriteBatch.Write]) async throws {
        try await victim.commit(name, tenant, WriteBatch(writes), on: engine)
    }

    private func writeItem(_ tenant: String) async throws {
        let key = try key("items", "i\(pick(60))")
        let content = content(slot: pick(9), expires: pick(4) == 0)
        switch try await get(tenant, key) {
        case nil: try await commit(tenant, [.init(key, .create(content))])
        case let old? where pick(2) == 0:
            try await commit(tenant, [.init(key, .replace(content, expected: old.revision))])
        default: try await commit(tenant, [.init(key, .upsert(content))])
        }
    }

    private func removeItem(_ tenant: String) async throws {
        let key = try key("items", "i\(pick(60))")
        guard let old = try await get(tenant, key) else { return try await writeItem(tenant) }
        try await commit(tenant, [.init(key, .delete(expected: old.revision))])
    }

    private func count(_ tenant: String) async throws {
        let key = try key("counters", "c\(pick(3))")
        try await commit(tenant, [.init(key, .upsert(content(slot: operations)))])
    }

    private static let accounts = 6

    /// Hands the slots of some accounts round and writes that down, all in one batch; the unique index holds only if all of
    /// it is there.
    private func transfer(_ tenant: String) async throws {
        var accounts: [(key: DocumentKey, old: StoredDocument?)] = []
        for number in 0..<Self.accounts {
            let key = try key("accounts", "a\(number)")
            accounts.append((key, try await get(tenant, key)))
        }
        guard accounts.allSatisfy({ $0.old != nil }) else { return try await openAccounts(tenant, accounts.map(\.key)) }
        let chosen = (0..<2 + pick(3)).map { accounts[($0 + operations) % Self.accounts] }
        let slots = chosen.map { slot(of: $0.old?.body ?? []) }
        var writes: [WriteBatch.Write] = []
        for (position, account) in chosen.enumerated() {
            guard let old = account.old else { continue }
            let content = content(slot: slots[(position + 1) % slots.count])
            writes.append(.init(account.key, .replace(content, expected: old.revision)))
        }
        writes.append(.init(try key("ledger", name), .create(content(slot: 0))))
        try await commit(tenant, writes)
    }

    private func openAccounts(_ tenant: String, _ keys: [DocumentKey]) async throws {
        let schema = try StoreUnderTest.accounts()
        try await engine.partition(try TenantName(tenant)).declare(schema)
        let writes = keys.enumerated().map { WriteBatch.Write($1, .create(content(slot: $0))) }
        try await commit(tenant, writes)
    }

    /// Removes the oldest entries of the ledger in one batch.
    private func trimLedger(_ tenant: String) async throws {
        let query = StoreQuery(collection: try CollectionName("ledger"), limit: 40)
        let page = try await engine.partition(try TenantName(tenant)).query(query)
        guard page.documents.count > 20 else { return try await transfer(tenant) }
        let start = pick(16)
        let writes = page.documents[start..<start + 5].map { document in
            WriteBatch.Write(
                DocumentKey(query.collection, document.id),
                .delete(expected: document.revision)
            )
        }
        try await commit(tenant, writes)
    }

    /// Asks for what the unique index has to refuse.
    private func takeSlotOfAnother(_ tenant: String) async throws {
        guard try await get(tenant, try key("accounts", "a0")) != nil else { return try await transfer(tenant) }
        let slot = pick(Self.accounts)
        try await commit(tenant, [.init(try key("accounts", "thief-\(name)"), .create(content(slot: slot)))])
    }
}

/// The number that an account's body begins with; -1 when there is none.
func slot(of body: [UInt8]) -> Int {
    let digits = body.dropFirst("{\"slot\":".utf8.count).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return Int(String(decoding: digits, as: UTF8.self)) ?? -1
}
