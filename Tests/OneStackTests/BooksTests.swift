import FoundationEssentials
import FunctionKit
import FunctionTesting
import OneStack
import StackBookkeeper
import StackBooksInvoices
import Testing

/// Books: amounts as texts, and invoices from draft to paid.
struct BooksTests {
    private struct Page: Decodable {
        struct Invoice: Decodable {
            var id: String
            var number: String
            var client_id: String
            var status: String
            var currency: String
            var subtotal: String
            var tax: String
            var total: String
            var balance: String
            var issued_at: String?
            var due_at: String?
            var payments: [[String: String]]
            var lines: [[String: String]]
            var deleted: Bool
        }
        var invoices: [Invoice]
        var next_cursor: String
        var has_more: Bool
    }

    private static let input = """
        {"tenant_id":"tnt_test","client_id":"c-1","lines":[{"description":"Disk","quantity":3,"unit_price":"19.99"}]}
        """

    private func feed(_ app: TestApp, tenant: String = "tnt_test") async throws -> Page {
        let request = HTTPRequest.peer(.get, "/books", key: "books-key", query: "tenant_id=\(tenant)")
        return try await app.call(StackBooksInvoices.self, request).json()
    }

    @Test func invoiceIsIssuedAndPaid() async throws {
        let app = TestApp.sandbox()
        #expect(try await app.call(StackBookkeeper.self, .operate("issue", Self.input)).status == 201)
        let open = try #require(try await feed(app).invoices.first)
        #expect([open.subtotal, open.tax, open.total, open.balance] == ["59.97", "11.99", "71.96", "71.96"])
        #expect(open.status == "open" && open.client_id == "c-1" && open.currency == "USD" && !open.deleted)
        #expect(open.lines == [["description": "Disk", "quantity": "3", "unit_price": "19.99", "amount": "59.97"]])
        let chosen = #"{"invoice_id":"\#(open.id)"}"#
        #expect(try await app.call(StackBookkeeper.self, .operate("pay", chosen)).status == 200)
        let paid = try #require(try await feed(app).invoices.first)
        #expect(paid.status == "paid" && paid.balance == "0.00")
        #expect(paid.payments.first?["amount"] == "71.96")
        // What is paid can neither be paid again nor made void.
        #expect(try await app.call(StackBookkeeper.self, .operate("pay", chosen)).status == 409)
        #expect(try await app.call(StackBookkeeper.self, .operate("void", chosen)).status == 409)
    }

    @Test func draftIsPublishedVoidedAndDeleted() async throws {
        let app = TestApp.sandbox()
        _ = try await app.call(StackBookkeeper.self, .operate("draft", Self.input))
        let draft = try #require(try await feed(app).invoices.first)
        #expect(draft.status == "draft" && draft.issued_at == nil)
        let chosen = #"{"invoice_id":"\#(draft.id)"}"#
        for (action, status) in [("publish", "open"), ("void", "void"), ("delete", "void")] {
            #expect(try await app.call(StackBookkeeper.self, .operate(action, chosen)).status == 200)
            #expect(try await feed(app).invoices.map(\.status) == [status])
        }
        #expect(try await feed(app).invoices.map(\.deleted) == [true])
    }

    @Test func payURLIsThereEvenAsNull() async throws {
        let app = TestApp.sandbox()
        _ = try await app.call(StackBookkeeper.self, .operate("issue", Self.input))
        let request = HTTPRequest.peer(.get, "/books", key: "books-key", query: "tenant_id=tnt_test")
        #expect(try await app.call(StackBooksInvoices.self, request).text.contains("\"pay_url\":null"))
    }

    @Test func demoHasInvoicesOfEveryBadge() async throws {
        let page = try await feed(TestApp.sandbox(), tenant: "tnt_acme")
        #expect(page.invoices.map(\.status).sorted() == ["draft", "open", "open"])
        #expect(page.has_more == false)
    }

    @Test(arguments: [
        "{}", "x", #"{"tenant_id":"t","client_id":"c","lines":[]}"#,
        #"{"tenant_id":"t","client_id":"c","lines":[{"description":"d","quantity":0,"unit_price":"1.00"}]}"#,
        #"{"tenant_id":"t","client_id":"c","lines":[{"description":"d","quantity":1,"unit_price":1.5}]}"#,
        #"{"tenant_id":"t","client_id":"c","lines":[{"description":"d","quantity":1,"unit_price":"-1.00"}]}"#,
        #"{"tenant_id":"t","client_id":"c","lines":[{"description":"d","quantity":1000,"unit_price":"9999999.99"}]}"#,
        #"{"tenant_id":"t","client_id":"c","due_in_days":99999999999,"lines":[{"description":"d","quantity":1,"unit_price":"1"}]}"#,
    ])
    func malformedInvoiceIsRefused(body: String) async throws {
        #expect(try await TestApp.sandbox().call(StackBookkeeper.self, .operate("issue", body)).status == 400)
    }

    @Test func unknownInvoiceAndActionAreMissing() async throws {
        let app = TestApp.sandbox()
        #expect(try await app.call(StackBookkeeper.self, .operate("pay", #"{"invoice_id":"x"}"#)).status == 404)
        #expect(try await app.call(StackBookkeeper.self, .operate("burn", "{}")).status == 404)
    }

    @Test(arguments: [
        ("0", 0), ("12", 1200), ("12.5", 1250), ("12.50", 1250), ("0.05", 5), ("10000000.00", 1_000_000_000),
        ("10000000.01", nil), ("", nil), (".5", nil), ("5.", nil), ("1.234", nil), ("-1", nil), ("+1", nil),
        ("1e3", nil),
        ("1.-5", nil), (" 1", nil), ("1.2.3", nil), ("9999999999999999999", nil),
    ])
    func moneyIsRead(text: String, cents: Int64?) {
        #expect(Money(text)?.cents == cents)
    }

    @Test(
        arguments: [(0, "0.00"), (5, "0.05"), (1250, "12.50"), (-5, "-0.05"), (-1250, "-12.50")] as [(Int64, String)]
    )
    func moneyIsWritten(cents: Int64, text: String) {
        #expect(Money(cents: cents).description == text)
    }
}
