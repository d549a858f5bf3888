import FunctionKit
import FunctionTesting
import PortalInvoices
import Testing

@testable import Portal

/// What the users of a company see of its invoices.
struct InvoiceListTests {
    struct Item: Decodable, Equatable {
        var id: String
        var badge: String
        var overdue: Bool
    }

    private func fixture() async throws -> ClientFixture {
        let fixture = try await ClientFixture()
        let rows =
            [
                ("a", "northwind", "open", "2025-10-01", "2025-11-01"),
                ("b", "northwind", "open", "2025-12-20", "2026-01-20"),
                ("c", "northwind", "paid", "2025-11-01", "2025-12-01"), ("d", "northwind", "draft", nil, nil),
                ("e", "northwind", "open", "2025-10-02", "2025-10-20"), ("f", "northwind", "void", "2025-09-01", nil),
                ("g", "northwind", "open", "2025-12-21", nil), ("x", "contoso", "open", "2025-12-22", "2025-12-23"),
            ] as [(String, String, String, String?, String?)]
        for (id, company, status, issued, due) in rows {
            let invoice = Invoice(
                number: id,
                clientID: "B-1",
                companyID: company,
                status: status,
                currency: "USD",
                total: try #require(DecimalText("10.00")),
                issuedAt: issued.flatMap { BooksTime.read($0, dayEnds: false) },
                dueAt: due.flatMap { BooksTime.read($0, dayEnds: true) },
                lines: [],
                payments: []
            )
            _ = try await fixture.store().collection(.invoices).create(invoice, id: id)
        }
        return fixture
    }

    private func list(
        _ fixture: ClientFixture,
        _ query: String? = nil,
        as user: String? = "dana",
        of tenant: String = "acme"
    ) async throws -> HTTPResponse {
        let function = try await PortalInvoices(app: fixture.app.context())
        let request = try await fixture.request(.get, "/api/portal/invoices", query: query, as: user, of: tenant)
        return try await function.respond(to: request, context: fixture.app.invocation())
    }

    @Test(
        arguments: [
            (nil, ["g open", "b open", "c paid", "e overdue", "a overdue", "f void", "d draft"]),
            ("status=open", ["g open", "b open", "e overdue", "a overdue"]), ("status=paid", ["c paid"]),
            ("status=overdue", ["e overdue", "a overdue"]), ("status=draft", ["d draft"]), ("status=void", ["f void"]),
            ("status=", ["g open", "b open", "c paid", "e overdue", "a overdue", "f void", "d draft"]),
        ] as [(String?, [String])]
    )
    func filters(query: String?, expected: [String]) async throws {
        let fixture = try await fixture()
        for user in ["dana", "sam"] {
            let items = try await list(fixture, query, as: user).decoded(ListAnswer<Item>.self).items
            #expect(items.map { "\($0.id) \($0.badge)" } == expected)
            #expect(items.allSatisfy { $0.overdue == ($0.badge == "overdue") })
        }
    }

    @Test func overdueComesWithTimeAlone() async throws {
        let fixture = try await fixture()
        fixture.app.clock.advance(by: .seconds(20 * 86_400 - 1))
        let before = try await list(fixture, "status=overdue").decoded(ListAnswer<Item>.self).items
        #expect(before.map(\.id) == ["e", "a"])
        // The session is a new one for each request, and the 21st of January begins.
        fixture.app.clock.advance(by: .seconds(1))
        let after = try await list(fixture, "status=overdue").decoded(ListAnswer<Item>.self).items
        #expect(after.map(\.id) == ["e", "a", "b"])
    }

    @Test(arguments: [nil, "status=overdue", "status=open"] as [String?])
    func pagesFollowEachOtherWhileTimePasses(query: String?) async throws {
        let fixture = try await fixture()
        let whole = try await list(fixture, query).decoded(ListAnswer<Item>.self).items
        var found: [Item] = []
        var cursor: String?
        repeat {
            let parts = [query, "limit=1", cursor.map { "cursor=\(percentEncoded($0))" }].compactMap { $0 }
            let page = try await list(fixture, parts.joined(separator: "&")).decoded(ListAnswer<Item>.self)
            #expect(page.items.count == 1)
            found += page.items
            cursor = page.nextCursor
            fixture.app.clock.advance(by: .seconds(1))
        } while cursor != nil
        #expect(found == whole)
    }

    @Test(arguments: [
        "status=unknown", "status=OPEN", "limit=0", "limit=201", "limit=x", "cursor=x", "status=overdue&cursor=x",
        "status=overdue&cursor=9.x", "status=overdue&cursor=99999999999999.x", "status=overdue&cursor=-1.x",
    ])
    func refusesOddParameters(query: String) async throws {
        let fixture = try await fixture()
        #expect(try await list(fixture, query).outcome == "400 invalid_parameter")
    }

    @Test func nobodySeesAnothersInvoices() async throws {
        let fixture = try await fixture()
        #expect(try await list(fixture, as: nil).outcome == "401 session_expired")
        #expect(try await list(fixture, as: "eve").decoded(ListAnswer<Item>.self).items.map(\.id) == ["x"])
        #expect(try await list(fixture, of: "globex").decoded(ListAnswer<Item>.self).items.isEmpty)
    }
}
