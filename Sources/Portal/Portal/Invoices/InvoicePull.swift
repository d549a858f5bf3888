import FunctionKit

/// Pulls one tenant's invoices from Books.
public struct InvoicePull: Sendable {
    /// How many invoices one transaction writes: each takes two conditions and two writes of the store's bound for a batch.
    static let invoicesPerTransaction = 200

    private let scope: SyncScope

    /// Makes a pull for a tenant's run.
    public init(_ scope: SyncScope) { self.scope = scope }

    /// Attributes what earlier runs left unmatched, then pulls what has changed.
    ///
    /// Attribution comes first, because it needs no Books: a company that was mapped since gets its invoices even when Books
    /// does not answer.
    public func run() async throws {
        try await InvoiceAttribution(store: scope.store).run()
        try await scope.pull { cursor in
            try await scope.client.get(
                "/portal/invoices",
                query: [("tenant_id", scope.tenant.tenantID)] + (cursor.map { [("since", $0)] } ?? [])
                    + [("limit", "\(SyncScope.pageChangesMax)")],
                as: BooksPage.self,
                deadline: scope.context.deadline
            )
        } chunks: { page in
            try await chunks(of: page)
        }
    }

    private func chunks(of page: BooksPage) async throws -> [SyncChunk] {
        var mapping = ClientMapping(store: scope.store)
        var changes: [String: Change] = [:]
        for entry in page.entries {
            switch entry {
            case .deleted(let id): changes[id] = .remove
            case .invoice(let id, var invoice):
                invoice.companyID = try await mapping.companyID(of: invoice.clientID)
                changes[id] = .write(invoice)
            case .unreadable(let id, let reason):
                scope.tally.add(failed: 1)
                scope.context.logger.warning(
                    "Books sent an invoice of \(scope.tenant.slug) that was set aside: \(reason).",
                    ["invoice": id ?? "unknown"]
                )
            }
        }
        let unmatched = changes.values.filter(\.isUnmatched).count
        scope.tally.add(pulled: changes.count - unmatched, skipped: unmatched)
        return chunks(of: changes.sorted { $0.key < $1.key })
    }

    private func chunks(of changes: [(key: String, value: Change)]) -> [SyncChunk] {
        stride(from: 0, to: changes.count, by: Self.invoicesPerTransaction).map { start in
            let part = changes[start..<min(start + Self.invoicesPerTransaction, changes.count)]
            return { transaction in
                for (id, change) in part { try await change.apply(to: id, in: &transaction) }
            }
        }
    }

    /// What becomes of an invoice; the last change of a page counts.
    private enum Change: Sendable {
        case write(Invoice)
        case remove

        var isUnmatched: Bool {
            if case .write(let invoice) = self { invoice.companyID == nil } else { false }
        }

        /// Whatever an import or a newer version wrote beside Books' fields stays, also when the invoice changes its place.
        func apply(to id: String, in transaction: inout Transaction) async throws {
            guard case .write(let invoice) = self else {
                try transaction.delete(id, from: .invoices)
                return try transaction.delete(id, from: .unmatchedInvoices)
            }
            let isMatched = invoice.companyID != nil
            var known = try await transaction.get(id, from: .invoices)
            if known == nil { known = try await transaction.get(id, from: .unmatchedInvoices) }
            try transaction.upsert(
                invoice,
                id: id,
                in: isMatched ? .invoices : .unmatchedInvoices,
                continuing: known
            )
            try transaction.delete(id, from: isMatched ? .unmatchedInvoices : .invoices)
        }
    }
}

/// Looks up companies by Books' client id, each once.
struct ClientMapping {
    private let store: TenantStore
    private var known: [String: String?] = [:]

    init(store: TenantStore) { self.store = store }

    mutating func companyID(of clientID: String) async throws -> String? {
        if let known = known[clientID] { return known }
        let company = try await store.collection(.companies)
            .first(index: "by_books_client", equals: [.text(clientID)])
        known[clientID] = .some(company?.id)
        return company?.id
    }
}
