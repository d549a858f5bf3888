package import FunctionKit

/// An invoice as Books keeps it.
package struct BooksInvoice: FeedDocument {
    /// What is charged.
    package struct Line: Codable, Sendable {
        package var description: String
        package var quantity: String
        package var unitPrice: Money
        package var amount: Money

        private enum CodingKeys: String, CodingKey {
            case description, quantity
            case unitPrice = "unit_price"
            case amount
        }
    }

    /// What has been paid.
    package struct Payment: Codable, Sendable {
        package var id: String
        package var amount: Money
        package var paidAt: Timestamp
        package var method: String

        private enum CodingKeys: String, CodingKey {
            case id, amount
            case paidAt = "paid_at"
            case method
        }
    }

    /// How far an invoice has come.
    package enum Status: String, Codable, Sendable { case draft, open, paid, void }

    package var tenantID: String
    package var number: String
    package var clientID: String
    package var status: Status
    package var currency: String
    package var subtotal: Money
    package var tax: Money
    package var total: Money
    package var balance: Money
    package var issuedAt: Timestamp?
    package var dueAt: Timestamp?
    package var payURL: String?
    package var lines: [Line]
    package var payments: [Payment]
    /// True when it was deleted; it stays in the feed, so that the portal hears of it.
    package var isDeleted: Bool

    private enum CodingKeys: String, CodingKey {
        case tenantID = "tenant_id"
        case number
        case clientID = "client_id"
        case status, currency, subtotal, tax, total, balance
        case issuedAt = "issued_at"
        case dueAt = "due_at"
        case payURL = "pay_url"
        case lines, payments
        case isDeleted = "deleted"
    }
}

extension CollectionDefinition where Document == BooksInvoice {
    /// The invoices of all tenants.
    package static var booksInvoices: CollectionDefinition<BooksInvoice> {
        CollectionDefinition("books_invoices", indexes: [IndexDefinition("by_tenant", on: ["tenant_id"])])
    }
}
