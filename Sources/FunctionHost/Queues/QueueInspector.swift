package import FunctionKit

/// Looks into the queues of all tenants, for the admin API, and sends poison messages again.
package struct QueueInspector: Sendable {
    /// How many messages of one kind are counted at the most; more count as this many.
    package static let countMax = StoreLimits.pageDocumentsMax
    /// How many queues of one tenant are told of at the most.
    package static let queuesPerTenantMax = 100
    /// How many tenants one answer tells of at the most.
    package static let tenantsMax = 500
    /// How many messages one answer tells of at the most.
    package static let messagesMax = 500

    private let engine: any StoreEngine
    private let store: Store
    private let clock: any AppClock

    /// Makes an inspector of everything that the engine holds.
    package init(engine: any StoreEngine, store: Store, clock: any AppClock) {
        self.engine = engine
        self.store = store
        self.clock = clock
    }

    /// The queues of `limit` tenants with their counts, in the order of the tenants' names.
    ///
    /// A tenant whose store is damaged is told of with its reason, and does not keep the others from being told.
    /// - Parameters:
    ///   - tenant: the only tenant to look at; nil for all.
    ///   - cursor: the ``QueueOverview/nextCursor`` of the page before.
    package func overview(tenant: TenantName? = nil, limit: Int, cursor: String? = nil) async throws -> QueueOverview {
        var names = if let tenant { [tenant] } else { try await engine.tenants() }
        if let cursor { names = names.filter { $0.description > cursor } }
        var overview = QueueOverview()
        for name in names.prefix(limit) {
            do {
                overview.queues += try await queues(of: name)
            } catch let error as StoreError where error.code != .closed {
                overview.problems.append(.init(tenant: name.description, reason: error.message))
            }
        }
        overview.nextCursor = names.count > limit ? names[limit - 1].description : nil
        return overview
    }

    /// One page of the messages in a queue, those that are visible first.
    package func messages(
        in queue: QueueName,
        of tenant: TenantName,
        limit: Int,
        cursor: String? = nil
    ) async throws -> QueueMessagePage {
        let page = try await store.tenant(tenant).collection(.queues).storedPage(
            index: "by_visibility",
            equals: [.text(queue.description)],
            limit: limit,
            cursor: cursor
        )
        let held = try await held(queue.description, of: tenant)
        return QueueMessagePage(
            messages: page.documents.map { QueueMessageView($0, isHandled: held.contains($0.id.description)) },
            nextCursor: page.nextCursor
        )
    }

    /// One message; nil when none of this id is in the queue.
    package func message(_ id: String, in queue: QueueName, of tenant: TenantName) async throws -> QueueMessageView? {
        guard let document = try await editor(of: queue, of: tenant).message(id) else { return nil }
        return QueueMessageView(document, isHandled: try await held(queue.description, of: tenant).contains(id))
    }

    /// What changes a queue by hand.
    package func editor(of queue: QueueName, of tenant: TenantName) throws(StoreError) -> QueueEditor {
        try QueueEditor(queue, of: tenant, in: store)
    }

    /// The messages of a queue that are being handled.
    private func held(_ queue: String, of tenant: TenantName) async throws -> Set<String> {
        let ledger = try await store.tenant(tenant).collection(QueueLedger.collection).get(queue)
        return Set(ledger?.value.holders.flatMap(\.messages) ?? [])
    }

    /// Moves a message from a poison queue back to where it came from; see ``TenantStore/sendAgain(_:from:)``.
    package func sendAgain(_ id: String, from queue: QueueName, of tenant: TenantName) async throws -> QueueName? {
        try await store.tenant(tenant).sendAgain(id, from: queue)
    }

    /// A queue and its poison queue make one entry.
    private func queues(of tenant: TenantName) async throws -> [QueueCounts] {
        let suffix = "-poison"
        var counts: [String: QueueCounts] = [:]
        for queue in try await queueNames(of: tenant) {
            let isPoison = queue.hasSuffix(suffix)
            let name = isPoison ? String(queue.dropLast(suffix.count)) : queue
            var entry = counts[name] ?? QueueCounts(queue: name, tenant: tenant.description)
            let now = IndexValue.time(clock.now)
            if isPoison {
                entry.poison = try await count(queue, of: tenant)
            } else {
                // A message that is being handled keeps its time of visibility, so that it is counted among those that wait.
                let visible = try await count(queue, of: tenant, upper: .init(now))
                let held = min(try await held(queue, of: tenant).count, visible)
                entry.waiting = visible - held
                entry.invisible =
                    try await count(queue, of: tenant, lower: .init(now, isInclusive: false)) + held
            }
            counts[name] = entry
        }
        return counts.values.sorted { $0.queue < $1.queue }
    }

    /// The queues that hold messages: the index is followed from one name to the next, whatever lies between.
    private func queueNames(of tenant: TenantName) async throws -> [String] {
        var names: [String] = []
        var last: StoreQuery.Bound?
        while names.count < Self.queuesPerTenantMax {
            let page = try await store.tenant(tenant).collection(.queues).storedPage(
                index: "by_visibility",
                lower: last ?? .init(.text("")),
                limit: 1
            )
            guard let document = page.documents.first, let name = QueueNameOnly(document)?.queue else { break }
            names.append(name)
            last = .init(.text(name), isInclusive: false)
        }
        return names
    }

    private func count(
        _ queue: String,
        of tenant: TenantName,
        lower: StoreQuery.Bound? = nil,
        upper: StoreQuery.Bound? = nil
    ) async throws -> Int {
        try await store.tenant(tenant).collection(.queues).storedPage(
            index: "by_visibility",
            equals: [.text(queue)],
            lower: lower,
            upper: upper,
            limit: Self.countMax
        ).documents.count
    }
}
