public import FunctionKit

/// An invoice as Books issued it. Its document id is Books' id.
public struct Invoice: Codable, Sendable {
    /// The number that people know it by.
    public var number: String
    /// Books' id of the client.
    public var clientID: String
    /// The company that it belongs to; nil while no company has ``clientID`` (then it lies in `unmatched_invoices`).
    public var companyID: String?
    /// `draft`, `open`, `paid` or `void`; anything else is kept as it came.
    public var status: String
    /// ISO 4217.
    public var currency: String
    /// The sum before tax.
    public var subtotal: DecimalText?
    /// The tax.
    public var tax: DecimalText?
    /// The sum to pay.
    public var total: DecimalText
    /// What is still to pay.
    public var balance: DecimalText?
    /// When it was issued; nil for a draft that was not.
    public var issuedAt: Timestamp?
    /// When it has to be paid.
    public var dueAt: Timestamp?
    /// Where it can be paid, an `http` or `https` URL.
    public var payURL: String?
    /// What it charges for.
    public var lines: [Line]
    /// What was paid.
    public var payments: [Payment]
    /// When Books changed it last.
    public var booksUpdatedAt: Timestamp?

    /// One line of an invoice.
    public struct Line: Codable, Sendable {
        /// What it is.
        public var description: String
        /// How much of it.
        public var quantity: DecimalText?
        /// The price of one.
        public var unitPrice: DecimalText?
        /// The price of the line.
        public var amount: DecimalText?

        private enum CodingKeys: String, CodingKey {
            case description
            case quantity
            case unitPrice = "unit_price"
            case amount
        }
    }

    /// One payment.
    public struct Payment: Codable, Sendable {
        /// Books' id.
        public var id: String?
        /// How much.
        public var amount: DecimalText
        /// When.
        public var paidAt: Timestamp?
        /// How: `card`, `ach`…
        public var method: String?

        private enum CodingKeys: String, CodingKey {
            case id
            case amount
            case paidAt = "paid_at"
            case method
        }
    }

    /// True when it is open and its due date has passed. Derived whenever somebody asks, never stored.
    public func isOverdue(at now: Timestamp) -> Bool {
        guard status == "open", let dueAt else { return false }
        return dueAt < now
    }

    private enum CodingKeys: String, CodingKey {
        case number
        case clientID = "client_id"
        case companyID = "company_id"
        case status
        case currency
        case subtotal
        case tax
        case total
        case balance
        case issuedAt = "issued_at"
        case dueAt = "due_at"
        case payURL = "pay_url"
        case lines
        case payments
        case booksUpdatedAt = "books_updated_at"
    }
}

extension CollectionDefinition where Document == Invoice {
    /// The invoices of a tenant's companies.
    public static var invoices: CollectionDefinition<Invoice> { invoicesDefinition }

    /// The invoices of clients that no company is mapped to.
    public static var unmatchedInvoices: CollectionDefinition<Invoice> { unmatchedInvoicesDefinition }
}

private let invoicesDefinition = CollectionDefinition<Invoice>(
    "invoices",
    indexes: [
        IndexDefinition("by_company", on: ["company_id", "issued_at"]),
        IndexDefinition("by_company_status", on: ["company_id", "status", "issued_at"]),
        IndexDefinition("by_company_due", on: ["company_id", "status", "due_at"]),
    ]
)

private let unmatchedInvoicesDefinition = CollectionDefinition<Invoice>(
    "unmatched_invoices",
    indexes: [IndexDefinition("by_client", on: ["client_id"])]
)
