public import FunctionKit

/// What one tenant's run works with.
public struct SyncScope: Sendable {
    /// The portal.
    public let portal: Portal
    /// What is synchronised.
    public let kind: String
    /// For whom.
    public let tenant: Tenant
    /// The tenant's documents.
    public let store: TenantStore
    /// The other program.
    public let client: IntegrationClient
    /// What has been done.
    public let tally: SyncTally
    /// The invocation.
    public let context: InvocationContext

    /// The most pages that one run pulls; the rest waits for the next.
    public static let pagesMax = 200
    /// How many changes are asked for at a time.
    public static let pageChangesMax = 200
}

/// A page of changes from another program.
public protocol SyncPage: Sendable {
    /// Where the next page begins; nil when the program has none to name.
    var nextCursor: String? { get }
    /// Whether more changes wait behind this page.
    var hasMore: Bool { get }
}

/// Some of a page's changes: writes that fit into one transaction. It may run several times, as a transaction's body does.
public typealias SyncChunk = @Sendable (inout Transaction) async throws -> Void

extension SyncScope {
    /// Pulls page after page from the stored cursor on.
    ///
    /// The chunks of a page are committed in order, the cursor together with the last one: it never covers changes that are
    /// not stored, and a crash in between only means that the same page comes again. When another run has moved the cursor
    /// meanwhile, this one stops without an error.
    /// - Parameters:
    ///   - fetch: asks for the page behind a cursor.
    ///   - chunks: turns a page into the writes for it.
    public func pull<Page: SyncPage>(
        fetch: (String?) async throws -> Page,
        chunks: (Page) async throws -> [SyncChunk]
    ) async throws {
        var cursor = try await store.collection(.syncState).get(kind)?.cursor
        for _ in 0..<Self.pagesMax {
            try Task.checkCancellation()
            let page = try await fetch(cursor)
            let next = page.nextCursor.flatMap { $0.isEmpty ? nil : $0 } ?? cursor
            guard try await commit(try await chunks(page), from: cursor, to: next) else {
                context.logger.info("Another run is pulling the \(kind) of \(tenant.slug); this one leaves it to that.")
                return
            }
            guard page.hasMore else { return }
            // What the page holds is stored all the same: only what follows it is out of reach.
            guard next != cursor else {
                throw IntegrationError(
                    .oddAnswer,
                    "\(client.peer.name) says that more follows but gives no new cursor."
                )
            }
            cursor = next
        }
        context.logger.warning(
            "More than \(Self.pagesMax) pages of \(kind) for \(tenant.slug); the rest comes next run."
        )
    }

    /// False when the stored cursor is no longer `old`.
    private func commit(_ chunks: [SyncChunk], from old: String?, to new: String?) async throws -> Bool {
        let chunks = chunks.isEmpty && new != old ? [{ _ in }] : chunks
        for (position, chunk) in chunks.enumerated() {
            let isLast = position == chunks.count - 1
            let isCurrent = try await store.transaction { transaction in
                let state = try await transaction.get(kind, from: .syncState)
                guard state?.cursor == old else { return false }
                try await chunk(&transaction)
                if isLast, new != old {
                    try transaction.upsert(SyncState(cursor: new), id: kind, in: .syncState, continuing: state)
                }
                return true
            }
            guard isCurrent else { return false }
        }
        return true
    }
}
