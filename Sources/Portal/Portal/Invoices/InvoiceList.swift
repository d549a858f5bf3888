import FoundationEssentials
public import FunctionKit

/// The invoices of a company, as its users see them.
public struct InvoiceList: Sendable {
    /// Which invoices are asked for.
    public enum Filter: String, Sendable, CaseIterable {
        /// Still to pay, overdue or not.
        case open
        /// Paid.
        case paid
        /// Open and past due.
        case overdue
        /// Not issued yet.
        case draft
        /// Cancelled.
        case void

        /// Reads `?status=`; nil for all invoices.
        ///
        /// - Throws: ``FunctionKit/HTTPError`` 400 for any other text.
        public static func read(_ request: HTTPRequest) throws(HTTPError) -> Filter? {
            guard let text = request.queryValue("status"), !text.isEmpty else { return nil }
            guard let filter = Filter(rawValue: text) else {
                let names = allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalidParameter("status", "must be one of \(names).")
            }
            return filter
        }
    }

    private let invoices: DocumentCollection<Invoice>
    private let clock: any AppClock

    /// The invoices of a tenant.
    public init(store: TenantStore, clock: any AppClock) {
        invoices = store.collection(.invoices)
        self.clock = clock
    }

    /// One page: the newest first, or those that have been due for longest first when overdue ones are asked for.
    ///
    /// An item holds the invoice with `overdue` and a `badge` (`overdue`, or the status), both true of this moment.
    public func page(of companyID: String, filter: Filter?, page request: PageRequest) async throws -> HTTPResponse {
        let asOf: Timestamp
        let page: StoredPage
        if filter == .overdue {
            let cursor = try OverdueCursor(request.cursor, now: clock.now)
            asOf = cursor.asOf
            let found = try await request.run { request in
                try await overdue(of: companyID, before: asOf, limit: request.limit, cursor: cursor.rest)
            }
            page = StoredPage(
                documents: found.documents,
                nextCursor: found.nextCursor.map { OverdueCursor(asOf: asOf, rest: $0).text }
            )
        } else {
            asOf = clock.now
            page = try await request.run { request in
                try await invoices.storedPage(
                    index: filter == nil ? "by_company" : "by_company_status",
                    equals: [.text(companyID)] + (filter.map { [.text($0.rawValue)] } ?? []),
                    order: .descending,
                    limit: request.limit,
                    cursor: request.cursor
                )
            }
        }
        let items = try page.documents.map { try item(Stored<Invoice>($0), at: asOf) }
        return .page(items: items, nextCursor: page.nextCursor)
    }

    private func overdue(
        of companyID: String,
        before moment: Timestamp,
        limit: Int,
        cursor: String?
    ) async throws -> StoredPage {
        try await invoices.storedPage(
            index: "by_company_due",
            equals: [.text(companyID), "open"],
            // Below every time and above null: an invoice without a due date is never overdue.
            lower: .init(""),
            upper: .init(.time(moment), isInclusive: false),
            limit: limit,
            cursor: cursor
        )
    }

    private func item(_ invoice: Stored<Invoice>, at moment: Timestamp) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return Array(try encoder.encode(InvoiceItem(invoice: invoice, isOverdue: invoice.value.isOverdue(at: moment))))
    }
}

/// An invoice with what is derived from it.
private struct InvoiceItem: Encodable {
    var invoice: Stored<Invoice>
    var isOverdue: Bool

    private enum CodingKeys: String, CodingKey {
        case overdue
        case badge
        case payURL = "pay_url"
    }

    func encode(to encoder: any Encoder) throws {
        try invoice.encode(to: encoder)
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(isOverdue, forKey: .overdue)
        try fields.encode(isOverdue ? "overdue" : invoice.status, forKey: .badge)
        if invoice.payURL == nil { try fields.encodeNil(forKey: .payURL) }
    }
}

/// A cursor through overdue invoices: the store's cursor and the moment for which "overdue" was asked, which the later pages
/// keep, because the store takes a cursor for the same question only.
private struct OverdueCursor {
    var asOf: Timestamp
    var rest: String?

    init(asOf: Timestamp, rest: String) {
        self.asOf = asOf
        self.rest = rest
    }

    /// - Throws: ``FunctionKit/HTTPError`` 400 for a text that is no such cursor.
    init(_ text: String?, now: Timestamp) throws(HTTPError) {
        guard let text else {
            asOf = now
            return
        }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = Int64(parts[0]), (0...now.milliseconds).contains(milliseconds) else {
            throw .invalidParameter("cursor", "is not a cursor of this list.")
        }
        asOf = Timestamp(milliseconds: milliseconds)
        rest = String(parts[1])
    }

    var text: String { "\(asOf.milliseconds).\(rest ?? "")" }
}
