import FunctionKit
import FunctionTesting
import Portal
import PortalTicket
import PortalTicketComments
import PortalTickets
import Testing

/// Opening, listing, reading and commenting tickets, and what of others' is never seen.
struct PortalTicketsTests {
    static let notFound = #"{"error":{"code":"not_found","message":"Not found"}}"#

    private func open(
        _ subject: String,
        as user: String,
        of slug: String = "acme-msp",
        in world: PortalWorld
    ) async throws -> String {
        let body = #"{"subject":"\#(subject)","description":"It does not work"}"#
        let cookie = try await world.cookie(for: user, of: slug)
        let answer = try await world.call(PortalTickets.self, .post, as: cookie, body: body)
        #expect(answer.status == 201)
        return try #require(answer.text.firstMatch(of: #/"id":"([^"]+)"/#)).1.description
    }

    @Test func opensATicket() async throws {
        let world = try await PortalWorld()
        let answer = try await world.call(
            PortalTickets.self,
            .post,
            as: try await world.cookie(for: "eric"),
            body: #"{"subject":"  Printer on fire ","description":"Third floor\nhelp","priority":"urgent"}"#
        )
        #expect(answer.status == 201)
        for part in [
            #""number":1"#, #""subject":"Printer on fire""#, #""description":"Third floor\nhelp""#, #""status":"new""#,
            #""priority":"urgent""#, #""company_id":"c-1""#, #""user_id":"eric""#, #""psa_ticket_id":null"#,
            #""state":"pending""#, #""created_at":"2026-01-01T00:00:00.000Z""#,
            #""updated_at":"2026-01-01T00:00:00.000Z""#,
        ] {
            #expect(answer.text.contains(part), "\(part)")
        }
    }

    @Test(arguments: [
        ("", 400), ("nonsense", 400), ("[]", 400), ("{}", 400), (#"{"subject":"a"}"#, 400),
        (#"{"subject":7,"description":"x"}"#, 400), (#"{"subject":"","description":"x"}"#, 400),
        (#"{"subject":" \t ","description":"x"}"#, 400), (#"{"subject":"a\nb","description":"x"}"#, 400),
        (#"{"subject":"a\u0000b","description":"x"}"#, 400), (#"{"subject":"a","description":""}"#, 400),
        (#"{"subject":"a","description":"x","priority":"asap"}"#, 400),
        (#"{"subject":"a","description":"x","priority":1}"#, 400),
        ("{\"subject\":\"\(String(repeating: "x", count: 301))\",\"description\":\"x\"}", 400),
        ("{\"subject\":\"a\",\"description\":\"\(String(repeating: "x", count: 33_000))\"}", 400),
        ("{\"subject\":\"a\",\"description\":\"\(String(repeating: "x", count: 300_000))\"}", 413),
    ])
    func refusesABadTicket(_ body: String, _ status: Int) async throws {
        let world = try await PortalWorld()
        let answer = try await world.call(
            PortalTickets.self,
            .post,
            as: try await world.cookie(for: "eric"),
            body: body
        )
        #expect(answer.status == status)
        #expect(try await world.store().collection(.tickets).page().items.isEmpty)
    }

    @Test func numbersRunOnWithoutGapsOrDoubles() async throws {
        let world = try await PortalWorld()
        var imported = Ticket(
            number: TicketNumber(41),
            companyID: "c-1",
            userID: "eric",
            subject: "old",
            description: ""
        )
        _ = try await world.store().collection(.tickets).create(imported)
        imported.number = nil
        _ = try await world.store().collection(.tickets).create(imported)
        let functions = [
            try await PortalTickets(app: world.app.context()), try await PortalTickets(app: world.app.context()),
        ]
        let cookie = try await world.cookie(for: "eric")
        let statuses = try await pumping(world.app.clock) {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<30 {
                    group.addTask {
                        try await world.call(
                            functions[number % 2],
                            .post,
                            as: cookie,
                            body: #"{"subject":"s","description":"d"}"#
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(statuses == Array(repeating: 201, count: 30))
        let tickets = try await world.store().collection(.tickets).page(limit: 100).items
        #expect(tickets.compactMap { $0.number?.integer }.sorted() == Array(41...71))
    }

    @Test func aUserSeesOwnTicketsAndAnAdminTheCompanys() async throws {
        let world = try await PortalWorld()
        let own = try await open("own", as: "eric", in: world)
        let boss = try await open("boss", as: "dana", in: world)
        let other = try await open("other", as: "fay", in: world)
        let foreign = try await open("foreign", as: "eric", of: "globex-msp", in: world)
        let seen: [(String, String, Set<String>)] = [
            ("eric", "acme-msp", [own]), ("dana", "acme-msp", [own, boss]), ("fay", "acme-msp", [other]),
            ("eric", "globex-msp", [foreign]), ("dana", "globex-msp", [foreign]),
        ]
        for (user, slug, expected) in seen {
            let cookie = try await world.cookie(for: user, of: slug)
            let list = try await world.call(PortalTickets.self, as: cookie)
            for id in [own, boss, other, foreign] {
                let isSeen = expected.contains(id)
                #expect(list.text.contains(id) == isSeen, "\(user)@\(slug)")
                let one = try await world.call(PortalTicket.self, as: cookie, route: ["id": id])
                #expect(one.status == (isSeen ? 200 : 404))
                if !isSeen { #expect(one.text == Self.notFound) }
                let comment = try await world.call(
                    PortalTicketComments.self,
                    .post,
                    as: cookie,
                    body: #"{"body":"hello"}"#,
                    route: ["id": id]
                )
                #expect(comment.status == (isSeen ? 201 : 404))
                if !isSeen { #expect(comment.text == Self.notFound) }
            }
        }
    }

    @Test(arguments: ["unknown", "", "../tickets", "a\u{0}b", String(repeating: "x", count: 500)])
    func anUnknownIDLooksTheSame(_ id: String) async throws {
        let world = try await PortalWorld()
        let cookie = try await world.cookie(for: "dana")
        let answer = try await world.call(PortalTicket.self, as: cookie, route: ["id": id])
        #expect(answer.status == 404)
        #expect(answer.text == Self.notFound)
    }

    @Test func needsASession() async throws {
        let world = try await PortalWorld()
        #expect(try await world.call(PortalTickets.self).status == 401)
        #expect(try await world.call(PortalTickets.self, .post, body: "{}").status == 401)
        #expect(try await world.call(PortalTicket.self, route: ["id": "x"]).status == 401)
        #expect(try await world.call(PortalTicketComments.self, .post, route: ["id": "x"]).status == 401)
    }

    @Test func filtersSearchesAndPages() async throws {
        let world = try await PortalWorld()
        let store = try world.store()
        for number in 1...5 {
            var ticket = Ticket(
                number: TicketNumber(Int64(number)),
                companyID: "c-1",
                userID: "eric",
                subject: number == 3 ? "The PRINTER" : "Mail",
                description: number == 5 ? "about a printer" : "x"
            )
            ticket.status = number.isMultiple(of: 2) ? .closed : .init(rawValue: "on hold")
            _ = try await store.collection(.tickets).create(ticket)
            world.app.clock.advance(by: .seconds(1))
        }
        let cookie = try await world.cookie(for: "eric")
        func numbers(_ query: String) async throws -> [Int] {
            let text = try await world.call(PortalTickets.self, .get, "/x?" + query, as: cookie).text
            return text.matches(of: #/"number":(\d+)/#).compactMap { Int($0.1) }
        }
        #expect(try await numbers("") == [5, 4, 3, 2, 1])
        #expect(try await numbers("status=closed") == [4, 2])
        #expect(try await numbers("status=on+hold") == [5, 3, 1])
        #expect(try await numbers("status=nothing") == [])
        #expect(try await numbers("q=printer") == [5, 3])
        #expect(try await numbers("q=printer&limit=1") == [5])
        #expect(try await numbers("q=4") == [4])
        var seen: [Int] = []
        var query = "limit=2"
        for _ in 0..<3 {
            let text = try await world.call(PortalTickets.self, .get, "/x?" + query, as: cookie).text
            seen += text.matches(of: #/"number":(\d+)/#).compactMap { Int($0.1) }
            guard let cursor = text.firstMatch(of: #/"next_cursor":"([^"]+)"/#) else { break }
            query = "limit=2&cursor=" + percentEncoded(String(cursor.1))
        }
        #expect(seen == [5, 4, 3, 2, 1])
    }

    @Test(arguments: [
        "limit=0", "limit=201", "limit=-1", "limit=x", "limit=", "limit=1e2", "limit=+5x", "cursor=nonsense",
    ])
    func refusesABadPage(_ query: String) async throws {
        let world = try await PortalWorld()
        let cookie = try await world.cookie(for: "eric")
        let answer = try await world.call(PortalTickets.self, .get, "/x?" + query, as: cookie)
        #expect(answer.status == 400)
        #expect(answer.text.contains("invalid_parameter"))
    }

    @Test func comments() async throws {
        let world = try await PortalWorld()
        let id = try await open("help", as: "eric", in: world)
        let store = try world.store()
        var hidden = TicketComment(
            ticketID: id,
            authorName: "Tech",
            body: "internal note",
            origin: .psa,
            psaCommentID: "9",
            authoredAt: world.app.clock.now
        )
        hidden.isPublic = false
        _ = try await store.collection(.ticketComments).create(hidden)
        let cookie = try await world.cookie(for: "eric")
        let answer = try await world.call(
            PortalTicketComments.self,
            .post,
            as: cookie,
            body: #"{"body":"still broken"}"#,
            route: ["id": id]
        )
        #expect(answer.status == 201)
        for part in [
            #""ticket_id":"\#(id)""#, #""author_name":"eric""#, #""body":"still broken""#, #""public":true"#,
            #""origin":"portal""#, #""psa_comment_id":null"#, #""state":"pending""#,
        ] {
            #expect(answer.text.contains(part), "\(part)")
        }
        let ticket = try await world.call(PortalTicket.self, as: cookie, route: ["id": id])
        #expect(ticket.text.contains("still broken"))
        #expect(!ticket.text.contains("internal note"))
        #expect(ticket.text.contains(#""comments_next_cursor":null"#))
        for body in ["", "{}", #"{"body":""}"#, #"{"body":null}"#, #"{"body":["x"]}"#] {
            let bad = try await world.call(PortalTicketComments.self, .post, as: cookie, body: body, route: ["id": id])
            #expect(bad.status == 400)
        }
    }

    /// A document with the fields of section 9 alone, and one with fewer.
    @Test(arguments: [
        #"{"number":"T-7","company_id":"c-1","user_id":"eric","subject":"s","description":"d","status":"weird","priority":"p9","psa_ticket_id":12,"sync":{"state":"synced"}}"#,
        #"{"company_id":"c-1","user_id":"eric"}"#,
    ])
    func readsImportedTickets(_ body: String) async throws {
        let world = try await PortalWorld()
        let key = DocumentKey(try CollectionName("tickets"), try DocumentID("imported"))
        _ = try await world.store().partition.commit(
            WriteBatch([.init(key, .create(.init(body: Array(body.utf8))))])
        )
        let cookie = try await world.cookie(for: "eric")
        #expect(try await world.call(PortalTicket.self, as: cookie, route: ["id": "imported"]).status == 200)
        #expect(try await world.call(PortalTickets.self, as: cookie).text.contains("imported"))
    }
}
