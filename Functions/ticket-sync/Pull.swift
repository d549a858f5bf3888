import FunctionKit
import Portal

/// Brings the PSA's changes to one tenant's tickets.
struct Pull {
    /// The most documents that one transaction touches; each costs a condition and a write of the store's bound.
    static let chunkDocumentsMax = 200

    let scope: SyncScope
    let numbers: TicketNumbers

    init(_ scope: SyncScope, numbers: TicketNumbers) {
        self.scope = scope
        self.numbers = numbers
    }

    /// Pulls until the PSA has no more.
    func run() async throws {
        try await scope.pull(fetch: { try await fetch(since: $0) }, chunks: { try await chunks(of: $0.entries) })
    }

    private func fetch(since cursor: String?) async throws -> PSAChanges {
        var query = [(name: "tenant_id", value: scope.tenant.tenantID)]
        if let cursor { query.append((name: "since", value: cursor)) }
        query.append((name: "limit", value: String(SyncScope.pageChangesMax)))
        return try await scope.client.get(
            "/portal/tickets/changes",
            query: query,
            as: PSAChanges.self,
            deadline: scope.context.deadline
        )
    }

    /// The writes for a page: each document once in a chunk, and a ticket before its comments.
    private func chunks(of entries: [PSAEntry]) async throws -> [SyncChunk] {
        var writes: [SyncChunk] = []
        var claimed: Set<String> = []
        for change in Self.merged(readable(entries)) {
            guard let target = try await target(of: change, claimed: claimed) else { continue }
            claimed.insert(target.ticketID)
            writes.append { try await write(change, to: target, in: &$0) }
            writes += try await commentWrites(change.comments ?? [], ticket: target.ticketID)
            scope.tally.add(pulled: 1)
        }
        return stride(from: 0, to: writes.count, by: Self.chunkDocumentsMax).map { start in
            let chunk = writes[start..<min(start + Self.chunkDocumentsMax, writes.count)]
            return { transaction in
                for write in chunk { try await write(&transaction) }
            }
        }
    }

    /// The changes among the entries; the others are counted and named, and passed over.
    private func readable(_ entries: [PSAEntry]) -> [PSAChange] {
        entries.compactMap { entry in
            switch entry {
            case .change(let change): return change
            case .unreadable(let id):
                scope.tally.add(failed: 1)
                scope.context.logger.warning(
                    "The PSA sent a change of \(scope.tenant.slug) that cannot be read and was passed over.",
                    ["ticket": id ?? "unknown"]
                )
                return nil
            }
        }
    }

    /// One change for each ticket: the newest fields, and the comments of all.
    static func merged(_ changes: [PSAChange]) -> [PSAChange] {
        var order: [PeerID] = []
        var byID: [PeerID: PSAChange] = [:]
        for change in changes {
            guard let earlier = byID[change.id] else {
                order.append(change.id)
                byID[change.id] = change
                continue
            }
            let isOlder = (change.updatedAt?.moment).flatMap { new in earlier.updatedAt?.moment.map { new < $0 } }
            var newest = isOlder == true ? earlier : change
            newest.comments = (earlier.comments ?? []) + (change.comments ?? [])
            byID[change.id] = newest
        }
        return order.compactMap { byID[$0] }
    }
}
