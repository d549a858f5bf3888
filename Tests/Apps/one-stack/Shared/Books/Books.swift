package import FunctionKit

/// Books' API towards the portal (portal.md, section 3).
package struct Books: Sendable {
    let sandbox: Sandbox

    /// Opens Books.
    package init(_ sandbox: Sandbox) { self.sandbox = sandbox }

    var invoices: DocumentCollection<BooksInvoice> { sandbox.store.collection(.booksInvoices) }

    /// `GET portal/invoices`: the invoices of a tenant that changed behind a cursor.
    package func changes(_ request: HTTPRequest) async throws -> HTTPResponse {
        struct Page: Encodable {
            var invoices: [InvoiceChange]
            var nextCursor: String
            var hasMore: Bool

            enum CodingKeys: String, CodingKey {
                case invoices
                case nextCursor = "next_cursor"
                case hasMore = "has_more"
            }
        }
        let page = try await invoices.changes(for: request)
        return try .json(
            Page(
                invoices: page.items.map(InvoiceChange.init),
                nextCursor: page.nextCursor,
                hasMore: page.hasMore
            )
        )
    }
}

/// An invoice in the feed of changes: its document, without the tenant that was asked for, and with `pay_url` even when
/// it is null.
struct InvoiceChange: Encodable {
    private let stored: Stored<BooksInvoice>

    init(_ stored: Stored<BooksInvoice>) { self.stored = stored }

    private enum CodingKeys: String, CodingKey {
        case id, number
        case clientID = "client_id"
        case status, currency, subtotal, tax, total, balance
        case issuedAt = "issued_at"
        case dueAt = "due_at"
        case payURL = "pay_url"
        case lines, payments
        case updatedAt = "updated_at"
        case isDeleted = "deleted"
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(stored.id, forKey: .id)
        try fields.encode(stored.number, forKey: .number)
        try fields.encode(stored.clientID, forKey: .clientID)
        try fields.encode(stored.status, forKey: .status)
        try fields.encode(stored.currency, forKey: .currency)
        try fields.encode(stored.subtotal, forKey: .subtotal)
        try fields.encode(stored.tax, forKey: .tax)
        try fields.encode(stored.total, forKey: .total)
        try fields.encode(stored.balance, forKey: .balance)
        try fields.encode(stored.issuedAt, forKey: .issuedAt)
        try fields.encode(stored.dueAt, forKey: .dueAt)
        try fields.encode(stored.payURL, forKey: .payURL)
        try fields.encode(stored.lines, forKey: .lines)
        try fields.encode(stored.payments, forKey: .payments)
        try fields.encode(stored.updatedAt, forKey: .updatedAt)
        try fields.encode(stored.isDeleted, forKey: .isDeleted)
    }
}
