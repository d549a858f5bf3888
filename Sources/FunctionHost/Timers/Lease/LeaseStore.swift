import FunctionKit

/// The documents of the timers' lease, in the collection `leases` of the host's partition. Each step is one conditional write.
struct LeaseStore: Sendable {
    /// A lease as it was read.
    struct Found: Sendable {
        var record: LeaseRecord
        var revision: Revision
    }

    static let leases = CollectionDefinition<LeaseRecord>("leases")
    private static let leaseID = "timers"
    private static let leaseKey = key(leaseID)
    /// The document that changes with the owner only, so that renewals disturb nobody's batch.
    static let fenceKey = key("timers-fence")

    let tenant: TenantStore

    private static func key(_ id: String) -> DocumentKey {
        do {
            return DocumentKey(leases.name, try DocumentID(id))
        } catch {
            preconditionFailure("'\(id)' is a document id")
        }
    }

    /// The lease; nil when nobody ever held it.
    func read() async throws -> Found? {
        guard let stored = try await tenant.collection(Self.leases).get(Self.leaseID) else { return nil }
        return Found(record: stored.value, revision: stored.revision)
    }

    /// Takes the lease, if it still is as it was read.
    ///
    /// - Throws: ``StoreError`` with `revisionMismatch`, `notFound` or `alreadyExists` when somebody was faster.
    func acquire(_ record: LeaseRecord, over found: Found?) async throws(StoreError) -> Revision {
        let fence = FenceRecord(fence: record.fence, owner: record.owner ?? "")
        return try await commit([
            try write(record, over: found?.revision),
            .init(Self.fenceKey, .upsert(.init(body: try TimerStore.body(fence)))),
        ])
    }

    /// Renews the lease or gives it back, if nobody has taken it over.
    ///
    /// - Throws: ``StoreError`` with `revisionMismatch` or `notFound` when somebody has.
    func replace(_ record: LeaseRecord, over revision: Revision) async throws(StoreError) -> Revision {
        try await commit([try write(record, over: revision)])
    }

    private func write(_ record: LeaseRecord, over revision: Revision?) throws(StoreError) -> WriteBatch.Write {
        let content = WriteBatch.Content(body: try TimerStore.body(record))
        return .init(Self.leaseKey, revision.map { .replace(content, expected: $0) } ?? .create(content))
    }

    private func commit(_ writes: [WriteBatch.Write]) async throws(StoreError) -> Revision {
        try await tenant.partition.declare(Self.leases.schema)
        return try await tenant.partition.commit(WriteBatch(writes)).revision
    }
}

extension StoreError {
    /// True when a conditional write found that somebody else was faster.
    var isLostRace: Bool { code == .revisionMismatch || code == .notFound || code == .alreadyExists }
}
