import FunctionKit
import FunctionTesting
import InvoiceSync
import Testing

@testable import Portal

/// What Books sends, and where it lands.
struct InvoiceSyncTests {
    private static let books = ["BOOKS_API_URL": "https://books.example/api", "BOOKS_SERVICE_KEY": "books-key"]

    static func invoice(
        _ id: String,
        client: String = "B-1",
        status: String = "open",
        more: String = ""
    ) -> String {
        """
        {"id": "\(id)", "number": "INV-\(id)", "client_id": "\(client)", "status": "\(status)", "currency": "usd",
        "subtotal": 100.00, "tax": "20.50", "total": 120.50, "balance": "120.50", "issued_at": "2025-12-01T00:00:00Z",
        "due_at": "2025-12-31", "pay_url": "https://pay.example/\(id)", "updated_at": "2025-12-01T00:00:00Z",
        "lines": [{"description": "Support: 3, \\"gold\\"", "quantity": 1.50, "unit_price": "66.67", "amount": 100.00}],
        "payments": [{"id": 7, "amount": 0.10, "paid_at": "2025-12-02T00:00:00Z", "method": "card"}]\(more)}
        """
    }

    static func page(_ invoices: [String], next: String? = "c1", more: Bool = false) -> OutboundResponse {
        .json(
            """
            {"invoices": [\(invoices.joined(separator: ","))], "next_cursor": \(next.map { "\"\($0)\"" } ?? "null"),
            "has_more": \(more)}
            """
        )
    }

    private func world(
        settings: [String: String] = books,
        _ answer: @escaping @Sendable (ScriptedHTTPClient.Exchange) throws -> OutboundResponse
    ) async throws -> (ClientFixture, InvoiceSync, ScriptedHTTPClient) {
        // Only acme's invoices come; the other MSP has none.
        let http = ScriptedHTTPClient { exchange in
            exchange.request.url.contains("tenant_id=t-acme") ? try answer(exchange) : Self.page([], next: nil)
        }
        let fixture = try await ClientFixture(settings: settings, http: http)
        return (fixture, try await InvoiceSync(app: fixture.app.context(for: "invoice-sync")), http)
    }

    private func fire(_ fixture: ClientFixture, _ function: InvoiceSync) async throws {
        try await fixture.whileTimePasses {
            try await function.fire(TimerInfo(), context: fixture.app.invocation())
        }
    }

    private func lastRun(_ fixture: ClientFixture) async throws -> SyncRun? {
        try await fixture.store().collection(.syncRuns)
            .page(index: "by_kind", equals: ["invoices"], order: .descending, limit: 1).items.first?.value
    }

    @Test func amountsArriveDigitForDigit() async throws {
        let (fixture, function, http) = try await world { _ in Self.page([Self.invoice("1")]) }
        try await fire(fixture, function)
        let stored = try #require(try await fixture.store().collection(.invoices).get("1"))
        #expect(stored.companyID == "northwind")
        #expect(stored.subtotal?.description == "100.00")
        #expect(stored.tax?.description == "20.50")
        #expect(stored.total.description == "120.50")
        #expect(stored.currency == "USD")
        #expect(stored.dueAt == Timestamp("2025-12-31T23:59:59Z"))
        #expect(stored.lines.map(\.description) == ["Support: 3, \"gold\""])
        #expect(stored.lines.first?.quantity?.description == "1.50")
        #expect(stored.payments.first?.id == "7")
        #expect(stored.payments.first?.amount.description == "0.10")
        let sent = try #require(http.exchanges.first { $0.request.url.contains("t-acme") }?.request)
        #expect(sent.url == "https://books.example/api/portal/invoices?tenant_id=t-acme&limit=200")
        #expect(sent.headers["Authorization"] == "Bearer books-key")
        #expect(!fixture.app.log.text.contains("books-key"))
        #expect(try await fixture.store("globex").collection(.invoices).page().items.isEmpty)
    }

    @Test func aLooseAnswerIsTakenAndAnImportsMembersSurvive() async throws {
        let loose = #"""
            {"extra": [1], "invoices": [{"updated_at": null, "currency": "EUR", "total": 12.5e0, "id": 9, "client_id": "B-1",
            "status": "open"}, {"payments": null, "lines": [{"amount": 12}], "deleted": null, "total": 12.50, "id": 8,
            "currency": "eur", "status": "Sent", "client_id": "B-1", "number": 4711, "pay_url": "javascript:alert(1)",
            "due_at": "2026-01-31T00:00:00+01:00"}]}
            """#
        let (fixture, function, _) = try await world { _ in .json(loose) }
        let key = try DocumentKey(CollectionName("invoices"), DocumentID("8"))
        let old =
            #"{"client_id":"B-1","company_id":"northwind","currency":"EUR","lines":[],"number":"x","payments":[],"#
            + #""po":"PO-1","status":"open","total":"1"}"#
        _ = try await fixture.store().partition.commit(WriteBatch([.init(key, .upsert(.init(body: Array(old.utf8))))]))
        try await fire(fixture, function)
        let invoices = try fixture.store().collection(.invoices)
        let stored = try #require(try await invoices.get("8"))
        #expect(stored.number == "4711")
        #expect(stored.total.description == "12.50")
        #expect(stored.status == "Sent")
        #expect(stored.payURL == nil)
        #expect(stored.dueAt == Timestamp("2026-01-30T23:00:00Z"))
        #expect(stored.lines.first?.amount?.description == "12")
        let text = String(decoding: try #require(try await fixture.store().partition.get(key)).body, as: UTF8.self)
        #expect(text.contains(#""po":"PO-1""#))
        // An exponent is no amount of money: that invoice is set aside, and the other one is not.
        #expect(try await invoices.get("9") == nil)
        #expect(try await lastRun(fixture)?.failed == 1)
    }

    @Test func theCursorMovesWithItsData() async throws {
        let fails = LockedState(true)
        let (fixture, function, http) = try await world { exchange in
            guard exchange.request.url.contains("since=c1") else {
                return Self.page([Self.invoice("1")], next: "c1", more: true)
            }
            if fails.withLock({ $0 }) { return OutboundResponse(status: .badRequest) }
            return Self.page([Self.invoice("2")], next: "c2")
        }
        await #expect(throws: SyncFailure.self) { try await fire(fixture, function) }
        let store = try fixture.store()
        #expect(try await store.collection(.syncState).get("invoices")?.cursor == "c1")
        #expect(try await store.collection(.invoices).page().items.map(\.id) == ["1"])
        #expect(try await lastRun(fixture)?.error != nil)
        fails.withLock { $0 = false }
        try await fire(fixture, function)
        #expect(try await store.collection(.syncState).get("invoices")?.cursor == "c2")
        #expect(try await store.collection(.invoices).page().items.map(\.id) == ["1", "2"])
        #expect(http.exchanges.filter { $0.request.url.contains("t-acme") }.count == 3)
        #expect(try await lastRun(fixture)?.pulled == 1)
    }

    @Test func anUnmappedClientsInvoiceWaitsForItsCompany() async throws {
        let isDown = LockedState(false)
        let (fixture, function, _) = try await world { _ in
            if isDown.withLock({ $0 }) { throw HTTPClientError(.unreachable, "down") }
            return Self.page([Self.invoice("1", client: "B-2"), Self.invoice("2")])
        }
        try await fire(fixture, function)
        let store = try fixture.store()
        #expect(try await store.collection(.invoices).page().items.map(\.id) == ["2"])
        #expect(try await store.collection(.unmatchedInvoices).page().items.map(\.id) == ["1"])
        #expect(try await lastRun(fixture)?.skipped == 1)
        #expect(try await lastRun(fixture)?.pulled == 1)
        // The mapping is made, and Books is down: the invoice finds its company all the same.
        try await store.collection(.companies).update("contoso") { $0.booksClientID = "B-2" }
        isDown.withLock { $0 = true }
        await #expect(throws: SyncFailure.self) { try await fire(fixture, function) }
        #expect(try await store.collection(.invoices).get("1")?.companyID == "contoso")
        #expect(try await store.collection(.unmatchedInvoices).page().items.isEmpty)
    }

    @Test func aCorrectedMappingTakesInvoicesAway() async throws {
        let (fixture, function, _) = try await world { exchange in
            exchange.request.url.contains("since=") ? Self.page([]) : Self.page([Self.invoice("1")])
        }
        try await fire(fixture, function)
        let companies = try fixture.store().collection(.companies)
        try await companies.update("northwind") { $0.booksClientID = nil }
        try await fire(fixture, function)
        #expect(try await fixture.store().collection(.invoices).page().items.isEmpty)
        #expect(try await fixture.store().collection(.unmatchedInvoices).page().items.map(\.companyID) == [nil])
        try await companies.update("contoso") { $0.booksClientID = "B-1" }
        try await fire(fixture, function)
        #expect(try await fixture.store().collection(.invoices).get("1")?.companyID == "contoso")
    }

    @Test func draftsAreStoredAndDeletedInvoicesRemoved() async throws {
        let pages = LockedState([
            Self.page([Self.invoice("1", status: "draft"), Self.invoice("2"), Self.invoice("3", client: "B-9")]),
            Self.page([
                #"{"id": "2", "deleted": true}"#, #"{"id": "3", "deleted": true}"#, #"{"id": "4", "deleted": true}"#,
            ]),
        ])
        let (fixture, function, _) = try await world { _ in pages.withLock { $0.removeFirst() } }
        try await fire(fixture, function)
        #expect(try await fixture.store().collection(.invoices).get("1")?.status == "draft")
        try await fire(fixture, function)
        #expect(try await fixture.store().collection(.invoices).page().items.map(\.id) == ["1"])
        #expect(try await fixture.store().collection(.unmatchedInvoices).page().items.isEmpty)
    }

    @Test func oneOddInvoiceKeepsNoOtherAway() async throws {
        let (fixture, function, _) = try await world { _ in
            Self.page([
                Self.invoice("1"), #"{"id": "bad"}"#, "17", "null", #"{"number": "no id"}"#,
                Self.invoice("5").replacing("120.50", with: "1e3"), Self.invoice("6").replacing("usd", with: "dollars"),
                Self.invoice("7").replacing("2025-12-31", with: "2025-02-31"),
                Self.invoice("8").replacing("https://pay", with: "javascript:pay"),
                Self.invoice("1", status: "paid"),
            ])
        }
        try await fire(fixture, function)
        let invoices = try await fixture.store().collection(.invoices).page().items
        #expect(invoices.map(\.id) == ["1", "8"])
        #expect(invoices.map(\.status) == ["paid", "open"])
        #expect(invoices.last?.payURL == nil)
        #expect(try await lastRun(fixture)?.failed == 7)
        #expect(try await fixture.store().collection(.syncState).get("invoices")?.cursor == "c1")
        #expect(fixture.app.log.text.contains("set aside: the field 'client_id' is missing. invoice=bad"))
    }

    @Test(
        arguments: [
            .json("nonsense"), .json("{}"), .json(#"{"invoices": [{"id": "1""#), .json("<html></html>"),
            OutboundResponse(status: .unauthorized), OutboundResponse(status: .found),
            InvoiceSyncTests.page([], next: nil, more: true),
        ] as [OutboundResponse]
    )
    func anOddAnswerChangesNothing(answer: OutboundResponse) async throws {
        let (fixture, function, _) = try await world { _ in answer }
        await #expect(throws: SyncFailure.self) { try await fire(fixture, function) }
        #expect(try await fixture.store().collection(.invoices).page().items.isEmpty)
        #expect(try await fixture.store().collection(.syncState).get("invoices") == nil)
        #expect(try await lastRun(fixture)?.error != nil)
        #expect(!fixture.app.log.text.contains("books-key"))
    }

    @Test func withoutSettingsOneWarningAndNothingElse() async throws {
        let (fixture, function, http) = try await world(settings: [:]) { _ in Self.page([]) }
        try await fire(fixture, function)
        #expect(http.exchanges.isEmpty)
        #expect(fixture.app.log.messages(.warning).count == 1)
        #expect(fixture.app.log.text.contains("BOOKS_API_URL and BOOKS_SERVICE_KEY"))
        #expect(try await lastRun(fixture) == nil)
    }

    @Test func aLargePageIsWrittenInParts() async throws {
        let invoices = (0..<450).map { Self.invoice("i\($0)") }
        let (fixture, function, _) = try await world { _ in Self.page(invoices) }
        try await fire(fixture, function)
        #expect(try await fixture.store().collection(.invoices).page(limit: 1000).items.count == 450)
        #expect(try await lastRun(fixture)?.pulled == 450)
    }
}
