import FunctionKit

/// Brings invoices to the companies that they belong to after somebody changed a company's Books client id.
struct InvoiceAttribution {
    let store: TenantStore

    /// Attributes unmatched invoices whose client has a company now, and moves those whose client was mapped to another
    /// company, or to none any more: nobody keeps seeing an invoice that a corrected mapping takes away.
    func run() async throws {
        var mapping = ClientMapping(store: store)
        try await store.collection(.unmatchedInvoices).forEach(index: "by_client") { invoice in
            guard let company = try await mapping.companyID(of: invoice.clientID) else { return }
            try await move(invoice.id, from: .unmatchedInvoices, to: company)
        }
        try await store.collection(.invoices).forEach { invoice in
            let company = try await mapping.companyID(of: invoice.clientID)
            guard company != invoice.companyID else { return }
            try await move(invoice.id, from: .invoices, to: company)
        }
    }

    /// Reads the invoice again, since a run of another process may have changed it.
    private func move(
        _ id: String,
        from source: CollectionDefinition<Invoice>,
        to company: String?
    ) async throws {
        try await store.transaction { transaction in
            guard let stored = try await transaction.get(id, from: source) else { return }
            var invoice = stored.value
            invoice.companyID = company
            let target: CollectionDefinition<Invoice> = company == nil ? .unmatchedInvoices : .invoices
            try transaction.upsert(invoice, id: id, in: target, continuing: stored)
            if target.name != source.name { try transaction.delete(id, from: source) }
        }
    }
}
