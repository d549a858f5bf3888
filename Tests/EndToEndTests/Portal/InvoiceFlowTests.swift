import FunctionKit
import Testing

/// Invoices from Books to the client, over invoice-sync.
@Suite(.portalStack(), .serialized)
struct InvoiceFlowTests {
    private func sync(_ stack: PortalStack) async throws {
        let run = try await stack.run("invoice-sync")
        #expect(run.ending == .exited(0), "\(run.errors)")
    }

    private func invoice(_ action: String, _ client: String = "books_borealis") async throws -> String {
        let made = try await PortalStack.current.act(
            "books/\(action)",
            [
                "tenant_id": "tnt_acme", "client_id": .text(client), "pay_url": "https://pay.example/1",
                "lines": [["description": "Flour mill check", "quantity": 3, "unit_price": "33.35"]],
            ]
        )
        return try #require(made["id"].text)
    }

    private func find(_ id: String, _ client: Client, status: String? = nil) async throws -> JSON? {
        let query = "?limit=200" + (status.map { "&status=\($0)" } ?? "")
        return try await client.get("/api/portal/invoices\(query)").json["items"].items.first { $0["id"] == .text(id) }
    }

    @Test func anInvoiceIsIssuedPaidAndDeleted() async throws {
        let stack = try PortalStack.current
        let dana = try await stack.signIn("dana")
        let id = try await invoice("issue")
        try await sync(stack)
        let open = try #require(try await find(id, dana, status: "open"))
        #expect(open["subtotal"] == "100.05")
        #expect(open["tax"] == "20.01")
        #expect(open["total"] == "120.06")
        #expect(open["balance"] == "120.06")
        #expect(open["currency"] == "USD")
        #expect(open["badge"] == "open" && open["overdue"] == false)
        #expect(open["pay_url"] == "https://pay.example/1")
        #expect(open["lines"][0]["unit_price"] == "33.35" && open["lines"][0]["quantity"] == "3")

        try await stack.act("books/pay", ["invoice_id": .text(id)])
        try await sync(stack)
        let paid = try #require(try await find(id, dana, status: "paid"))
        #expect(paid["balance"] == "0.00" && paid["badge"] == "paid")
        #expect(paid["payments"][0]["amount"] == "120.06" && paid["payments"][0]["method"] == "card")
        #expect(try await find(id, dana, status: "open") == nil)

        try await stack.act("books/delete", ["invoice_id": .text(id)])
        try await sync(stack)
        #expect(try await find(id, dana) == nil)
    }

    @Test func draftsAndOverdueOnesAreTold() async throws {
        let stack = try PortalStack.current
        let dana = try await stack.signIn("dana")
        let draft = try await invoice("draft")
        try await sync(stack)
        #expect(try await find(draft, dana, status: "draft")?["badge"] == "draft")
        let overdue = try await dana.get("/api/portal/invoices?status=overdue").json["items"].items
        #expect(overdue.map { $0["number"] } == ["INV-0002"])
        #expect(overdue.map { $0["badge"] } == ["overdue"])
        #expect(overdue.map { $0["status"] } == ["open"])
        try await stack.act("books/publish", ["invoice_id": .text(draft)])
        try await sync(stack)
        #expect(try await find(draft, dana, status: "draft") == nil)
        #expect(try await find(draft, dana, status: "open") != nil)
    }

    @Test func anUnmappedInvoiceWaitsForItsCompany() async throws {
        let stack = try PortalStack.current
        let id = try await invoice("issue", "books_cumulus")
        try await sync(stack)
        #expect(try await stack.health()["unmatched_invoices"] == 1)
        #expect(try await find(id, stack.signIn("dana")) == nil)
        try await stack.stopPortal()
        let company: JSON = [
            "id": "cumulus", "name": "Cumulus Freight", "psa_company_id": "psa_cumulus",
            "books_client_id": "books_cumulus", "status": "active",
        ]
        try await stack.importDocuments([.init(tenant: "acme-msp", collection: "companies", lines: [company])])
        try await stack.start()
        // The mapping alone is enough; Books need not even answer.
        try await stack.act("faults", ["books": "html"])
        #expect(try await stack.run("invoice-sync").ending == .exited(1))
        try await stack.act("faults", ["books": nil])
        let eve = try await stack.signIn(claims: [
            "sub": "hub_eve", "email": "eve@cumulus.example", "client_id": "cumulus", "psa_company_id": "psa_cumulus",
            "psa_contact_id": nil,
        ])
        #expect(try await eve.all("/api/portal/invoices").map { $0["id"] } == [.text(id)])
        #expect(try await stack.health()["unmatched_invoices"] == 0)
    }

    @Test func pagesHoldEveryInvoiceOnce() async throws {
        let stack = try PortalStack.current
        let dana = try await stack.signIn("dana")
        for _ in 0..<7 { _ = try await invoice("issue") }
        try await sync(stack)
        let whole = try await dana.all("/api/portal/invoices").map { $0["id"] }
        let paged = try await dana.all("/api/portal/invoices", limit: 3).map { $0["id"] }
        #expect(whole.count >= 10)
        #expect(paged == whole)
        #expect(Set(paged).count == paged.count)
    }

    @Test(arguments: ["limit=0", "limit=201", "limit=x", "cursor=x", "status=lost", "status=overdue&cursor=1.x"])
    func aBadQuestionIsRefused(query: String) async throws {
        let dana = try await PortalStack.current.signIn("dana")
        let answer = try await dana.get("/api/portal/invoices?\(query)")
        #expect(answer.status == 400, "\(answer.body)")
        #expect(answer.json["error"]["message"].text?.isEmpty == false)
    }
}
