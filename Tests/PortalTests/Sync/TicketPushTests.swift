import FunctionKit
import FunctionTesting
import Portal
import Testing
import TicketSync

/// Portal tickets and comments reach the PSA once, whatever happens in between.
struct TicketPushTests {
    let psa = FakePSA()

    private func world() async throws -> PortalWorld {
        let world = try await PortalWorld(http: psa)
        // Only one tenant has anything to do here; the other keeps the run honest.
        return world
    }

    @discardableResult
    private func open(_ id: String, in world: PortalWorld, of slug: String = "acme-msp") async throws -> String {
        let ticket = Ticket(
            number: TicketNumber(1),
            companyID: "c-1",
            userID: "eric",
            subject: "subject of \(id)",
            description: "description",
            priority: .high
        )
        return try await world.store(slug).collection(.tickets).create(ticket, id: id).id
    }

    private func comment(_ id: String, on ticket: String, in world: PortalWorld) async throws {
        let comment = TicketComment(
            ticketID: ticket,
            authorName: "Eric",
            authorEmail: "eric@client.example",
            body: "body of \(id)",
            origin: .portal,
            authoredAt: world.app.clock.now
        )
        _ = try await world.store().collection(.ticketComments).create(comment, id: id)
    }

    private func ticket(_ id: String, in world: PortalWorld) async throws -> Ticket {
        try #require(try await world.store().collection(.tickets).get(id)).value
    }

    private func lastRun(_ world: PortalWorld, of slug: String = "acme-msp") async throws -> SyncRun {
        let runs = try world.store(slug).collection(.syncRuns)
        return try #require(
            try await runs.page(index: "by_kind", equals: ["tickets"], order: .descending, limit: 1).items.first
        ).value
    }

    @Test func pushesTicketsAndTheirComments() async throws {
        let world = try await world()
        try await open("a", in: world)
        try await comment("k", on: "a", in: world)
        try await world.fire(TicketSync.self)

        let ticket = try await ticket("a", in: world)
        #expect(ticket.psaTicketID == "pt-1")
        #expect(ticket.psaNumber == "1001")
        #expect(ticket.status == .open)
        #expect(ticket.sync == .synced(at: world.app.clock.now))
        let comment = try #require(try await world.store().collection(.ticketComments).get("k"))
        #expect(comment.psaCommentID == "pc-1")
        #expect(comment.sync.state == .synced)

        let posts = psa.requests.indices.filter { psa.requests[$0].method == .post }
        #expect(posts.count == 2)
        let first = psa.requests[posts[0]]
        #expect(first.method == .post)
        #expect(first.url == "https://psa.example/api/portal/tickets")
        #expect(first.headers["Authorization"] == "Bearer \(PortalWorld.psaKey)")
        #expect(first.headers["Idempotency-Key"] == "a")
        #expect(first.headers["Content-Type"] == "application/json")
        for part in [
            #""portal_ticket_id":"a""#, #""tenant_id":"t-acme-msp""#, #""tenant_slug":"acme-msp""#,
            #""company_id":"psa-c-1""#, #""contact_id":"contact-eric""#, #""subject":"subject of a""#,
            #""priority":"high""#, #""created_at":"2026-01-01T00:00:00.000Z""#,
        ] {
            #expect(psa.bodies[posts[0]].contains(part), "\(part)")
        }
        #expect(psa.requests[posts[1]].url == "https://psa.example/api/portal/tickets/pt-1/comments")
        #expect(psa.requests[posts[1]].headers["Idempotency-Key"] == "k")
        #expect(psa.bodies[posts[1]].contains(#""portal_comment_id":"k""#))
        #expect(psa.bodies[posts[1]].contains(#""author_email":"eric@client.example""#))

        let run = try await lastRun(world)
        #expect(run.pushed == 2)
        #expect(run.failed == 0)
        #expect(run.error == nil)
        #expect(run.finishedAt != nil)

        let count = psa.requests.count
        try await world.fire(TicketSync.self)
        #expect(psa.requests.count(where: { $0.method == .post }) == 2)
        #expect(psa.requests.count == count + 2, "one pull for each tenant")
    }

    @Test func aLostAnswerMakesNoSecondTicket() async throws {
        let world = try await world()
        try await open("a", in: world)
        psa.arrange(.answerLost)
        try await world.fire(TicketSync.self)
        #expect(psa.tickets.count == 1)
        #expect(psa.requests.filter { $0.method == .post }.map { $0.headers["Idempotency-Key"] } == ["a", "a"])
        #expect(try await ticket("a", in: world).psaTicketID == "pt-1")
    }

    /// The host dies between the PSA's answer and our write: all that is left is a ticket that is still pending.
    @Test func aCrashBeforeOurWriteMakesNoSecondTicket() async throws {
        let world = try await world()
        try await open("a", in: world)
        let before = try await ticket("a", in: world)
        try await world.fire(TicketSync.self)
        try await world.store().collection(.tickets).update("a") { $0 = before }
        try await world.fire(TicketSync.self)
        #expect(psa.tickets.count == 1)
        #expect(try await ticket("a", in: world).psaTicketID == "pt-1")
    }

    @Test func simultaneousRunsMakeNoSecondTicket() async throws {
        let world = try await world()
        for id in ["a", "b", "c"] {
            try await open(id, in: world)
            try await comment("k-\(id)", on: id, in: world)
        }
        async let first: Void = world.fire(TicketSync.self)
        async let second: Void = world.fire(TicketSync.self)
        _ = try await (first, second)
        #expect(psa.tickets.count == 3)
        #expect(psa.comments.count <= 3)
        try await world.fire(TicketSync.self)
        #expect(psa.comments.count == 3)
        #expect(Set(try await world.store().collection(.tickets).page().items.map(\.psaTicketID)).count == 3)
    }

    @Test func aRefusedRecordIsSetAsideAndTheRestGoesOn() async throws {
        let world = try await world()
        for id in ["a", "bad", "c"] { try await open(id, in: world) }
        try await comment("k-bad", on: "bad", in: world)
        try await comment("k-c", on: "c", in: world)
        psa.refuse { call in
            guard call.contains(#""portal_ticket_id":"bad""#) || call.contains(#""portal_comment_id":"k-c""#) else {
                return nil
            }
            return .status(422, [:], #"{"error":{"message":"no such\ncategory \#(PortalWorld.psaKey)"}}"#)
        }
        try await world.fire(TicketSync.self)
        #expect(try await ticket("a", in: world).sync.state == .synced)
        #expect(try await ticket("c", in: world).sync.state == .synced)
        let parked = try await ticket("bad", in: world)
        #expect(parked.sync.state == .parked)
        #expect(parked.psaTicketID == nil)
        #expect(
            parked.sync.error == "PSA: POST /portal/tickets was answered with 422: no such category <secret>"
        )
        let comment = try #require(try await world.store().collection(.ticketComments).get("k-c"))
        #expect(comment.sync.state == .parked)
        let run = try await lastRun(world)
        #expect(run.pushed == 2)
        #expect(run.failed == 2)
        #expect(run.error == nil)

        let posts = psa.requests.count { $0.method == .post }
        try await world.fire(TicketSync.self)
        #expect(psa.requests.count { $0.method == .post } == posts, "a parked record is not sent again")
    }

    static let downs: [(String, FakePSA.Trouble, Int, String)] = [
        ("down", .down, 8, "Nobody answers at https://psa.example."),
        ("slow", .slow, 8, "did not answer in time"),
        ("500", .status(500, [:], "oops"), 8, "was answered with 500."),
        ("503", .status(503, [:], ""), 8, "was answered with 503."),
        ("429 for ever", .status(429, ["Retry-After": "1"], ""), 8, "was answered with 429."),
        ("429 for too long", .status(429, ["Retry-After": "3600"], ""), 2, "was answered with 429."),
        (
            "HTML", .status(200, ["Content-Type": "text/html"], "<html>Welcome</html>"), 2,
            "something else than the agreed JSON"
        ),
        ("half a body", .status(201, [:], #"{"id":"pt-"#), 2, "something else than the agreed JSON"),
        ("another shape", .status(201, [:], #"{"ticket":{"id":"1"}}"#), 2, "something else than the agreed JSON"),
        ("an empty id", .status(201, [:], #"{"id":""}"#), 2, "something else than the agreed JSON"),
        ("nothing", .status(200, [:], ""), 2, "something else than the agreed JSON"),
        ("a redirect", .status(302, ["Location": "https://evil.example"], ""), 2, "no answer of this API"),
        ("our key refused", .status(401, [:], ""), 1, "the service key is not accepted"),
        ("our key forbidden", .status(403, [:], ""), 1, "the service key is not accepted"),
    ]

    @Test(arguments: downs.indices)
    func aPSAThatIsDownLosesNothing(_ row: Int) async throws {
        let (name, trouble, attempts, reason) = Self.downs[row]
        let world = try await world()
        for id in ["a", "b", "c"] { try await open(id, in: world) }
        psa.refuse { $0.hasPrefix("POST") ? trouble : nil }
        let error = await #expect(throws: SyncFailure.self, "\(name)") { try await world.fire(TicketSync.self) }
        #expect(error?.failures.count == 1)
        #expect(
            error?.failures.first?.hasPrefix("acme-msp: PSA: POST /portal/tickets") == true
                || error?.failures.first?.hasPrefix("acme-msp: PSA: POST /portal/tickets: ") == true
        )
        #expect(error?.description.contains(reason) == true, "\(name): \(error?.description ?? "")")
        #expect(psa.requests.count { $0.method == .post } == attempts, "\(name)")
        for id in ["a", "b", "c"] {
            let ticket = try await ticket(id, in: world)
            #expect(ticket.sync.state == .pending, "\(name)")
        }
        #expect(try await lastRun(world).error?.contains(reason) == true)
        #expect(try await lastRun(world, of: "globex-msp").error == nil, "another tenant is not touched")
        #expect(!world.app.log.text.contains(PortalWorld.psaKey))

        psa.refuse { _ in nil }
        try await world.fire(TicketSync.self)
        #expect(psa.tickets.count == 3)
        #expect(try await lastRun(world).pushed == 3)
    }

    @Test func oneOddRecordDoesNotHoldUpTheOthers() async throws {
        let world = try await world()
        for id in ["a", "odd", "c"] { try await open(id, in: world) }
        psa.refuse { $0.contains(#""portal_ticket_id":"odd""#) ? .status(500, [:], "") : nil }
        await #expect(throws: SyncFailure.self) { try await world.fire(TicketSync.self) }
        #expect(try await ticket("a", in: world).sync.state == .synced)
        #expect(try await ticket("odd", in: world).sync.state == .pending)
        #expect(try await ticket("c", in: world).sync.state == .synced)
        #expect(psa.requests.contains { $0.method == .get }, "the pull runs all the same")
    }

    @Test func waitsAsLongAsThePSAAsks() async throws {
        let world = try await world()
        try await open("a", in: world)
        let start = world.app.clock.uptime
        psa.refuse { $0.hasPrefix("GET") ? .status(200, [:], #"{"changes":[],"has_more":false}"#) : nil }
        psa.arrange(
            .status(429, ["Retry-After": "17"], ""),
            .status(503, ["Retry-After": "Thu, 01 Jan 2026 00:00:40 GMT"], "")
        )
        try await world.fire(TicketSync.self)
        #expect(try await ticket("a", in: world).sync.state == .synced)
        #expect(world.app.clock.uptime - start >= .seconds(40))
        #expect(world.app.clock.uptime - start < .seconds(42))
    }

    @Test func theDeadlineBoundsEveryAttempt() async throws {
        let world = try await world()
        try await open("a", in: world)
        psa.refuse { _ in .slow }
        await #expect(throws: SyncFailure.self) {
            try await world.fire(TicketSync.self, deadline: world.app.clock.now + .seconds(2))
        }
        #expect(psa.requests.allSatisfy { $0.totalTimeout <= .seconds(2) && $0.firstByteTimeout <= .seconds(2) })
        #expect(world.app.clock.uptime <= .seconds(3))
        #expect(try await ticket("a", in: world).sync.state == .pending)
    }

    @Test func saysOnceThatItIsNotConfiguredAndChangesNothing() async throws {
        for missing in ["PSA_API_URL", "PSA_SERVICE_KEY"] {
            var settings = PortalWorld.settings
            settings[missing] = nil
            let world = try await PortalWorld(settings: settings, http: psa)
            try await open("a", in: world)
            try await world.fire(TicketSync.self)
            #expect(
                world.app.log.messages(.warning) == [
                    "tickets are not synchronised: set PSA_API_URL and PSA_SERVICE_KEY to change that."
                ]
            )
            #expect(psa.requests.isEmpty)
            #expect(try await world.store().collection(.syncRuns).page().items.isEmpty)
            #expect(try await ticket("a", in: world).sync.state == .pending)
        }
    }

    @Test func leavesMissionsAndSuspendedTenantsAlone() async throws {
        let world = try await world()
        let tenants = try world.app.store.system("_portal").collection(.tenants)
        try await tenants.update("acme-msp") { $0.status = .suspended }
        try await tenants.update("globex-msp") { $0.orgType = .mission }
        try await world.fire(TicketSync.self)
        #expect(psa.requests.isEmpty)
    }

    @Test func runsAreForgottenAfterThirtyDays() async throws {
        let world = try await world()
        try await world.fire(TicketSync.self)
        #expect(try await world.store().collection(.syncRuns).page().items.count == 1)
        world.app.clock.advance(by: .seconds(30 * 86_400))
        #expect(try await world.store().collection(.syncRuns).page().items.isEmpty)
    }
}
