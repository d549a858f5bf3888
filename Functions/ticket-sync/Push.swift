import FunctionKit
import Portal

/// Takes one tenant's new tickets and comments to the PSA, oldest first.
///
/// The idempotency key is the record's id: when we die between the PSA's answer and our write, the next run asks again and
/// the PSA answers with the ticket that it made.
struct Push {
    /// After how many records in a row the PSA counts as down, and the rest waits for the next run.
    static let failuresInRowMax = 2

    let scope: SyncScope

    init(_ scope: SyncScope) { self.scope = scope }

    /// Pushes tickets, then comments.
    ///
    /// - Returns: the first error of the PSA that was not about a record, when the run could go on behind it.
    /// - Throws: such an error when it could not.
    func run() async throws -> IntegrationError? {
        var health = PeerHealth()
        // An import may leave out the whole `sync`; what has none waits, too.
        for state in [IndexValue.text(RecordSync.State.pending.rawValue), .null] {
            try await scope.store.collection(.tickets).forEach(index: "by_sync", equals: [state]) { ticket in
                try await attempt(&health, { try await push(ticket) }, park: { try await park(ticket: ticket.id, $0) })
            }
        }
        for state in [IndexValue.text(RecordSync.State.pending.rawValue), .null] {
            try await scope.store.collection(.ticketComments).forEach(index: "by_sync", equals: [state]) { comment in
                try await attempt(
                    &health,
                    { try await push(comment) },
                    park: { try await park(comment: comment.id, $0) }
                )
            }
        }
        return health.trouble
    }

    /// What the PSA's last answers say about the PSA.
    private struct PeerHealth {
        var trouble: IntegrationError?
        var failuresInRow = 0
    }

    /// Sets a refused record aside; goes on behind one failure of the PSA, and gives up when it fails again.
    private func attempt(
        _ health: inout PeerHealth,
        _ push: () async throws -> Bool,
        park: (String) async throws -> Void
    ) async throws {
        do {
            guard try await push() else { return }
            scope.tally.add(pushed: 1)
            health.failuresInRow = 0
        } catch let error as IntegrationError {
            guard error.kind != .cancelled else { throw error }
            scope.tally.add(failed: 1)
            if error.isAboutRecord {
                try await park(error.description)
                scope.context.logger.warning("A record of \(scope.tenant.slug) was set aside: \(error)")
                return
            }
            health.trouble = health.trouble ?? error
            health.failuresInRow += 1
            let isHopeless = error.kind == .unauthorized || health.failuresInRow >= Self.failuresInRowMax
            if isHopeless { throw error }
        }
    }
}
