import FunctionKit
import FunctionTesting
import StackPSAChanges
import StackPSAComments
import StackPSATickets
import StackTechnician
import Testing

/// The PSA towards the portal: once for each key, and a feed that loses nothing.
struct PSATests {
    private struct Receipt: Decodable, Hashable {
        var id: String
        var number: String
        var status: String
    }

    private struct Page: Decodable {
        struct Change: Decodable {
            struct Comment: Decodable {
                var id: String
                var portal_comment_id: String?
                var author_name: String
                var body: String
                var `public`: Bool
                var created_at: String
            }
            var id: String
            var number: String
            var portal_ticket_id: String?
            var company_id: String
            var contact_id: String?
            var subject: String
            var description: String
            var status: String
            var priority: String
            var updated_at: String
            var comments: [Comment]
        }
        var changes: [Change]
        var next_cursor: String
        var has_more: Bool
    }

    private func ticket(_ subject: String, tenant: String = "tnt_test") -> String {
        """
        {"portal_ticket_id":"p-\(subject)","tenant_id":"\(tenant)","tenant_slug":"test","company_id":"co-1",\
        "contact_id":null,"subject":"\(subject)","description":"d","priority":"high","created_at":"2026-01-01T00:00:00Z"}
        """
    }

    private func post(_ subject: String, key: String, tenant: String = "tnt_test") -> HTTPRequest {
        .peer(
            .post,
            "/psa/portal/tickets",
            key: "psa-key",
            idempotencyKey: key,
            body: ticket(subject, tenant: tenant)
        )
    }

    private func changes(_ app: TestApp, _ query: String) async throws -> Page {
        let request = HTTPRequest.peer(.get, "/psa/portal/tickets/changes", key: "psa-key", query: query)
        return try await app.call(StackPSAChanges.self, request).json()
    }

    @Test func repeatedKeyGivesTheSameTicket() async throws {
        let app = TestApp.sandbox()
        let first = try await app.call(StackPSATickets.self, post("a", key: "k-1"))
        let second = try await app.call(StackPSATickets.self, post("a", key: "k-1"))
        let other = try await app.call(StackPSATickets.self, post("a", key: "k-2"))
        #expect([first.status, second.status, other.status] == [201, 200, 201])
        #expect(try first.json(Receipt.self) == second.json(Receipt.self))
        #expect(try first.json(Receipt.self).id != other.json(Receipt.self).id)
        #expect(try await changes(app, "tenant_id=tnt_test").changes.count == 2)
    }

    @Test func keyOfAnotherRequestIsRefused() async throws {
        let app = TestApp.sandbox()
        _ = try await app.call(StackPSATickets.self, post("a", key: "k"))
        let answer = try await app.call(StackPSATickets.self, post("b", key: "k"))
        #expect(answer.status == 422)
        #expect(answer.errorCode == "idempotency_key_reused")
        #expect(try await changes(app, "tenant_id=tnt_test").changes.map(\.subject) == ["a"])
    }

    @Test func fiftyCallersWithOneKeyMakeOneTicket() async throws {
        let app = TestApp.sandbox()
        let answers = try await app.whileTimePasses {
            try await withThrowingTaskGroup(of: Answer.self) { group in
                for _ in 0..<50 { group.addTask { try await app.call(StackPSATickets.self, post("a", key: "k")) } }
                return try await group.reduce(into: [Answer]()) { $0.append($1) }
            }
        }
        #expect(answers.filter { $0.status == 201 }.count == 1)
        #expect(answers.filter { $0.status == 200 }.count == 49)
        #expect(Set(try answers.map { try $0.json(Receipt.self).id }).count == 1)
        #expect(try await changes(app, "tenant_id=tnt_test").changes.count == 1)
    }

    @Test func commentIsAddedOnce() async throws {
        let app = TestApp.sandbox()
        let id = try await app.call(StackPSATickets.self, post("a", key: "k")).json(Receipt.self).id
        let body = """
            {"portal_comment_id":"c-1","author_name":"Dana","author_email":"d@x.test","body":"hello",\
            "created_at":"2026-01-02T03:04:05Z"}
            """
        func comment(_ ticket: String) -> HTTPRequest {
            .peer(
                .post,
                "/psa/portal/tickets/\(ticket)/comments",
                key: "psa-key",
                idempotencyKey: "c",
                values: ["id": ticket],
                body: body
            )
        }
        #expect(try await app.call(StackPSAComments.self, comment(id)).status == 201)
        #expect(try await app.call(StackPSAComments.self, comment(id)).status == 200)
        #expect(try await app.call(StackPSAComments.self, comment("unknown")).status == 404)
        let comments = try await changes(app, "tenant_id=tnt_test").changes[0].comments
        #expect(comments.count == 1)
        #expect(comments.first?.portal_comment_id == "c-1")
        #expect(comments.first?.created_at == "2026-01-02T03:04:05.000Z")
        #expect(comments.first?.public == true)
    }

    @Test func feedIsPagedAndShowsEachChangeOnce() async throws {
        let app = TestApp.sandbox()
        for subject in ["a", "b", "c"] { _ = try await app.call(StackPSATickets.self, post(subject, key: subject)) }
        _ = try await app.call(StackPSATickets.self, post("foreign", key: "f", tenant: "tnt_other"))
        var cursor = ""
        var seen: [String] = []
        var hasMore = true
        while hasMore {
            let page = try await changes(app, "tenant_id=tnt_test&limit=2&since=\(cursor)")
            seen += page.changes.map(\.subject)
            cursor = page.next_cursor
            hasMore = page.has_more
        }
        #expect(seen == ["a", "b", "c"])
        #expect(try await changes(app, "tenant_id=tnt_test&since=\(cursor)").changes.isEmpty)
        #expect(try await changes(app, "tenant_id=tnt_test&since=\(cursor)").next_cursor == cursor)
        let first = try await changes(app, "tenant_id=tnt_test&limit=1").changes[0]
        _ = try await app.call(StackTechnician.self, .operate("answer", #"{"ticket_id":"\#(first.id)","body":"soon"}"#))
        _ = try await app.call(StackTechnician.self, .operate("note", #"{"ticket_id":"\#(first.id)","body":"psst"}"#))
        let page = try await changes(app, "tenant_id=tnt_test&since=\(cursor)")
        #expect(page.changes.map(\.subject) == ["a"])
        #expect(page.changes.first?.status == "in_progress")
        #expect(page.changes.first?.comments.map(\.public) == [true, false])
        #expect(page.changes.first?.comments.map(\.portal_comment_id) == [nil, nil])
    }

    @Test(arguments: [
        "", "tenant_id=", "tenant_id=a&limit=0", "tenant_id=a&limit=201", "tenant_id=a&limit=x", "tenant_id=a&since=x",
        "tenant_id=a&since=1", "tenant_id=a&since=-1.a", "tenant_id=a&since=.a",
    ])
    func malformedFeedRequestIsRefused(query: String) async throws {
        let request = HTTPRequest.peer(.get, "/psa/portal/tickets/changes", key: "psa-key", query: query)
        let answer = try await TestApp.sandbox().call(StackPSAChanges.self, request)
        #expect(answer.status == 400)
        #expect(answer.errorCode == "invalid_request")
    }

    @Test(arguments: [
        ("", "k"), ("{", "k"), ("[]", "k"), ("null", "k"), (#"{"tenant_id":"t"}"#, "k"),
        (#"{"tenant_id":"t","subject":" "}"#, "k"), (#"{"tenant_id":"","subject":"s"}"#, "k"),
        (#"{"tenant_id":"t","subject":"s"}"#, nil), (#"{"tenant_id":"t","subject":"s"}"#, ""),
        (#"{"tenant_id":"t","subject":"s"}"#, String(repeating: "k", count: 256)),
    ])
    func malformedTicketIsRefused(body: String, key: String?) async throws {
        let app = TestApp.sandbox()
        let request = HTTPRequest.peer(
            .post,
            "/psa/portal/tickets",
            key: "psa-key",
            idempotencyKey: key,
            body: body
        )
        #expect(try await app.call(StackPSATickets.self, request).status == 400)
        #expect(try await changes(app, "tenant_id=t").changes.isEmpty)
    }

    @Test(arguments: [nil, "", "wrong", "psa-key ", "psa-keyx", "PSA-KEY", "books-key"])
    func wrongKeyIsRefused(key: String?) async throws {
        let app = TestApp.sandbox()
        let request = HTTPRequest.peer(
            .post,
            "/psa/portal/tickets",
            key: key,
            idempotencyKey: "k",
            body: ticket("a")
        )
        let answer = try await app.call(StackPSATickets.self, request)
        #expect(answer.status == 401)
        #expect(answer.headers["WWW-Authenticate"] == "Bearer")
        #expect(try await changes(app, "tenant_id=tnt_test").changes.isEmpty)
    }

    @Test func missingSettingIsNamed() async throws {
        let answer = try await TestApp().call(StackPSATickets.self, post("a", key: "k"))
        #expect(answer.status == 503)
        #expect(answer.text.contains("PSA_SERVICE_KEY"))
    }
}
