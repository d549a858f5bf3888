package import FunctionKit

/// What a bookkeeper does in Books, by hand on the sandbox's page or in a test.
package struct Bookkeeper: Sendable {
    private let books: Books

    /// Opens the bookkeeper's desk.
    package init(_ sandbox: Sandbox) { books = Books(sandbox) }

    /// `POST sandbox/books/{action}`: `issue`, `draft`, `publish`, `pay`, `void` or `delete`.
    package func act(_ action: String, _ request: HTTPRequest) async throws -> HTTPResponse {
        switch action {
        case "issue": try await make(request, status: .open)
        case "draft": try await make(request, status: .draft)
        case "publish": try await publish(request)
        case "pay": try await pay(request)
        case "void": try await void(request)
        case "delete": try await change(request) { invoice, _ in invoice.isDeleted = true }
        default: throw HTTPError.missing("action")
        }
    }

    private func make(_ request: HTTPRequest, status: BooksInvoice.Status) async throws -> HTTPResponse {
        let input = try await request.decode(NewInvoice.self)
        let invoice = try input.invoice(
            number: books.sandbox.shortName("INV"),
            status: status,
            now: books.sandbox.app.clock.now
        )
        return try .json(try await books.invoices.create(invoice), status: .created)
    }

    private func publish(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await change(request) { invoice, now in
            guard invoice.status == .draft else { throw HTTPError.wrongState("published", invoice) }
            invoice.status = .open
            invoice.issuedAt = now
        }
    }

    private func pay(_ request: HTTPRequest) async throws -> HTTPResponse {
        let id = books.sandbox.app.ids.next()
        return try await change(request) { invoice, now in
            guard invoice.status == .open else { throw HTTPError.wrongState("paid", invoice) }
            invoice.payments.append(.init(id: id, amount: invoice.balance, paidAt: now, method: "card"))
            invoice.balance = Money(cents: 0)
            invoice.status = .paid
        }
    }

    private func void(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await change(request) { invoice, _ in
            guard invoice.status != .paid else { throw HTTPError.wrongState("void", invoice) }
            invoice.status = .void
            invoice.balance = Money(cents: 0)
        }
    }

    private func change(
        _ request: HTTPRequest,
        _ body: (inout BooksInvoice, Timestamp) throws -> Void
    ) async throws -> HTTPResponse {
        struct Input: Decodable {
            var invoiceID: String

            enum CodingKeys: String, CodingKey { case invoiceID = "invoice_id" }
        }
        let id = try await request.decode(Input.self).invoiceID
        let now = books.sandbox.app.clock.now
        guard let stored = try await books.invoices.update(id, { try body(&$0, now) }) else {
            throw HTTPError.missing("invoice")
        }
        return try .json(stored)
    }
}

/// What a bookkeeper enters for one invoice.
struct NewInvoice: Decodable {
    struct Line: Decodable {
        var description: String
        var quantity: Int64
        var unitPrice: Money

        private enum CodingKeys: String, CodingKey {
            case description, quantity
            case unitPrice = "unit_price"
        }
    }

    var tenantID: String
    var clientID: String
    var lines: [Line]
    var currency: String?
    var taxPercent: Int64?
    var dueInDays: Int64?
    var payURL: String?

    private enum CodingKeys: String, CodingKey {
        case tenantID = "tenant_id"
        case clientID = "client_id"
        case lines, currency
        case taxPercent = "tax_percent"
        case dueInDays = "due_in_days"
        case payURL = "pay_url"
    }

    /// - Throws: ``FunctionKit/HTTPError`` 400 for numbers out of bounds.
    func invoice(number: String, status: BooksInvoice.Status, now: Timestamp) throws -> BooksInvoice {
        let percent = taxPercent ?? 20
        let days = dueInDays ?? 14
        guard (1...100).contains(lines.count), lines.allSatisfy({ (1...1000).contains($0.quantity) }),
            (0...100).contains(percent), (-3650...3650).contains(days)
        else {
            throw HTTPError.invalid(
                "An invoice has 1 to 100 lines of a quantity of 1 to 1000, 0 to 100 percent tax, and is due within ten years."
            )
        }
        let charged = lines.map { line in
            BooksInvoice.Line(
                description: line.description,
                quantity: "\(line.quantity)",
                unitPrice: line.unitPrice,
                amount: Money(cents: line.unitPrice.cents * line.quantity)
            )
        }
        let subtotal = charged.reduce(Money(cents: 0)) { $0 + $1.amount }
        guard subtotal <= Money(cents: Money.centsMax / 2) else { throw HTTPError.invalid("The invoice is too large.") }
        let tax = subtotal.percent(percent)
        return BooksInvoice(
            tenantID: tenantID,
            number: number,
            clientID: clientID,
            status: status,
            currency: currency ?? "USD",
            subtotal: subtotal,
            tax: tax,
            total: subtotal + tax,
            balance: subtotal + tax,
            issuedAt: status == .draft ? nil : now,
            dueAt: now + .seconds(days * 86_400),
            payURL: payURL,
            lines: charged,
            payments: [],
            isDeleted: false
        )
    }
}

extension HTTPError {
    static func wrongState(_ verb: String, _ invoice: BooksInvoice) -> HTTPError {
        HTTPError(
            .conflict,
            code: "wrong_state",
            message: "An invoice that is \(invoice.status.rawValue) cannot be \(verb)."
        )
    }
}
