import ClientHubSSO
import FunctionKit
import FunctionTesting
import Portal
import Testing
import TicketSync

/// What technicians did arrives once, in order, and only where it belongs.
struct TicketPullTests {
    let psa = FakePSA()

    private func page(_ changes: String..., cursor: String = "\"1\"", more: Bool = false) -> String {
        #"{"changes":[\#(changes.joined(separator: ","))],"next_cursor":\#(cursor),"has_more":\#(more)}"#
    }

    private func change(
        _ id: String = "pt-9",
        company: String = "psa-c-1",
        portal: String = "null",
        fields: String = "",
        comments: String = ""
    ) -> String {
        """
        {"id":"\(id)","number":"T-\(id)","portal_ticket_id":\(portal),"company_id":"\(company)",
         "contact_id":"contact-eric","subject":"VPN","description":"down","status":"in_progress","priority":"high",
         "updated_at":"2026-01-01T10:00:00Z"\(fields),"comments":[\(comments)]}
        """
    }

    private func comment(_ id: String, _ body: String, portal: String = "null", shown: Bool = true) -> String {
        """
        {"id":"\(id)","portal_comment_id":\(portal),"author_name":"Tess","body":"\(body)","public":\(shown),
         "created_at":"2026-01-01T09:00:00Z"}
        """
    }

    private func tickets(_ world: PortalWorld, _ slug: String = "acme-msp") async throws -> [Stored<Ticket>] {
        try await world.store(slug).collection(.tickets).page(limit: 1000).items
    }

    private func comments(_ world: PortalWorld) async throws -> [Stored<TicketComment>] {
        try await world.store().collection(.ticketComments).page(limit: 1000).items
    }

    /// Only acme's changes are arranged: the fake answers the other tenant the same, who has the same companies.
    private func world() async throws -> PortalWorld {
        let world = try await PortalWorld(http: psa)
        try await world.app.store.system("_portal").collection(.tenants).update("globex-msp") { $0.status = .suspended }
        return world
    }

    @Test func takesATechniciansTicketWithItsPublicComments() async throws {
        let world = try await world()
        psa.page(since: "", page(change(comments: comment("1", "seen") + "," + comment("2", "secret", shown: false))))
        try await world.fire(TicketSync.self)
        let ticket = try #require(try await tickets(world).first)
        #expect(ticket.id == "psa-pt-9")
        #expect(ticket.companyID == "c-1")
        #expect(ticket.userID == "eric")
        #expect(ticket.subject == "VPN")
        #expect(ticket.description == "down")
        #expect(ticket.status == .inProgress)
        #expect(ticket.priority == .high)
        #expect(ticket.origin == .psa)
        #expect(ticket.psaNumber == "T-pt-9")
        #expect(ticket.number == TicketNumber(1))
        #expect(ticket.sync.state == .synced)
        let comments = try await comments(world)
        #expect(comments.map(\.body) == ["seen"])
        #expect(comments.first?.authorName == "Tess")
        #expect(comments.first?.authoredAt == Timestamp("2026-01-01T09:00:00Z"))
        #expect(try await world.store().collection(.syncState).get("tickets")?.cursor == "1")
        #expect(
            psa.requests.last?.url == "https://psa.example/api/portal/tickets/changes?tenant_id=t-acme-msp&limit=200"
        )

        try await world.fire(TicketSync.self)
        #expect(psa.requests.last?.url.contains("&since=1&") == true)
    }

    @Test func theSamePageTwiceChangesNothing() async throws {
        let world = try await world()
        psa.page(since: "", page(change(comments: comment("1", "seen"))))
        try await world.fire(TicketSync.self)
        let before = try await tickets(world).map(\.revision)
        try await world.store().collection(.syncState).delete("tickets")
        try await world.fire(TicketSync.self)
        #expect(try await tickets(world).map(\.revision) == before)
        #expect(try await comments(world).count == 1)
    }

    @Test func thePSAWinsOnWhatIsItsToSay() async throws {
        let world = try await world()
        let own = Ticket(number: TicketNumber(1), companyID: "c-1", userID: "eric", subject: "old", description: "mine")
        _ = try await world.store().collection(.tickets).create(own, id: "a")
        let fields = #","assignee":"Tess","description":"theirs""#
        psa.page(
            since: "",
            page(change("pt-1", portal: "\"a\"", fields: fields.replacing(#","description":"theirs""#, with: "")))
        )
        try await world.fire(TicketSync.self)
        let ticket = try #require(try await world.store().collection(.tickets).get("a"))
        #expect(ticket.subject == "VPN")
        #expect(ticket.status == .inProgress)
        #expect(ticket.priority == .high)
        #expect(ticket.assignee == "Tess")
        #expect(ticket.description == "mine")
        #expect(try await tickets(world).count == 1)
    }

    @Test func unknownWordsAreKeptAsTheyCame() async throws {
        let world = try await world()
        let text = change().replacing("in_progress", with: "On Hold – Ω").replacing("\"high\"", with: "\"P0\"")
        psa.page(since: "", page(text))
        try await world.fire(TicketSync.self)
        let ticket = try #require(try await tickets(world).first)
        #expect(ticket.status.rawValue == "On Hold – Ω")
        #expect(ticket.priority.rawValue == "P0")
    }

    @Test func olderNewsDoesNotReplaceNewer() async throws {
        let world = try await world()
        let older = change(fields: #","x":1"#, comments: comment("2", "late"))
            .replacing("10:00:00Z", with: "09:00:00Z").replacing("in_progress", with: "new")
        psa.page(since: "", page(change(comments: comment("1", "first")), more: true))
        psa.page(since: "1", page(older, cursor: "2"))
        try await world.fire(TicketSync.self)
        #expect(try await tickets(world).first?.status == .inProgress)
        #expect(Set(try await comments(world).map(\.body)) == ["first", "late"])
        #expect(try await world.store().collection(.syncState).get("tickets")?.cursor == "2")
    }

    @Test func ourOwnCommentComesBackOnce() async throws {
        let world = try await world()
        let own = Ticket(number: TicketNumber(1), companyID: "c-1", userID: "eric", subject: "s", description: "d")
        _ = try await world.store().collection(.tickets).create(own, id: "a")
        let said = TicketComment(
            ticketID: "a",
            authorName: "Eric",
            body: "mine",
            origin: .portal,
            authoredAt: world.app.clock.now
        )
        _ = try await world.store().collection(.ticketComments).create(said, id: "k")
        psa.page(
            since: "",
            page(
                change(
                    "pt-1",
                    portal: "\"a\"",
                    comments: comment("pc-1", "mine", portal: "\"k\"") + "," + comment("pc-1", "mine")
                )
            )
        )
        try await world.fire(TicketSync.self)
        let all = try await comments(world)
        #expect(all.map(\.id) == ["k"])
        #expect(all.first?.psaCommentID == "pc-1")
        #expect(all.first?.origin == .portal)
    }

    /// The push crashed before our write, and the PSA forgot whose the comment is: the copy gives way to ours.
    @Test func aCopyOfOurCommentGivesWay() async throws {
        let world = try await world()
        var own = Ticket(number: TicketNumber(1), companyID: "c-1", userID: "eric", subject: "s", description: "d")
        own.psaTicketID = "pt-1"
        own.sync = .synced(at: nil)
        _ = try await world.store().collection(.tickets).create(own, id: "a")
        psa.page(since: "", page(change("pt-1", comments: comment("pc-1", "mine"))))
        try await world.fire(TicketSync.self)
        #expect(try await comments(world).count == 1)
        let said = TicketComment(
            ticketID: "a",
            authorName: "Eric",
            body: "mine",
            origin: .portal,
            authoredAt: world.app.clock.now
        )
        _ = try await world.store().collection(.ticketComments).create(said, id: "k")
        try await world.fire(TicketSync.self)
        #expect(try await comments(world).map(\.id) == ["k"])
        #expect(try await comments(world).first?.psaCommentID == "pc-1")
    }

    @Test func aCommentThatBecomesPrivateIsHiddenAndKept() async throws {
        let world = try await world()
        psa.page(since: "", page(change(comments: comment("1", "seen")), more: true))
        psa.page(since: "1", page(change(comments: comment("1", "seen", shown: false)), cursor: "2"))
        try await world.fire(TicketSync.self)
        let all = try await comments(world)
        #expect(all.map(\.body) == ["seen"])
        #expect(all.first?.isPublic == false)
    }

    @Test func passesOverUnknownCompaniesAndForeignTickets() async throws {
        let world = try await world()
        let own = Ticket(number: TicketNumber(1), companyID: "c-2", userID: "fay", subject: "hers", description: "d")
        _ = try await world.store().collection(.tickets).create(own, id: "a")
        psa.page(
            since: "",
            page(
                change("pt-7", company: "nobody", comments: comment("1", "x")),
                change("pt-1", company: "psa-c-1", portal: "\"a\"", comments: comment("2", "for c-1")),
                change("pt-8", company: "c-2")
            )
        )
        try await world.fire(TicketSync.self)
        #expect(try await tickets(world).map(\.subject).sorted() == ["VPN", "hers"])
        #expect(try await tickets(world).first { $0.psaTicketID == "pt-8" }?.companyID == "c-2")
        #expect(try await comments(world).isEmpty)
        let run = try #require(try await world.store().collection(.syncRuns).page().items.first)
        #expect(run.skipped == 2)
        #expect(run.pulled == 1)
        #expect(run.failed == 0)
    }

    @Test func twoPSATicketsCannotShareOneOfOurs() async throws {
        let world = try await world()
        let own = Ticket(number: TicketNumber(1), companyID: "c-1", userID: "eric", subject: "s", description: "d")
        _ = try await world.store().collection(.tickets).create(own, id: "a")
        psa.page(since: "", page(change("pt-1", portal: "\"a\""), change("pt-2", portal: "\"a\"")))
        try await world.fire(TicketSync.self)
        #expect(Set(try await tickets(world).map(\.psaTicketID)) == ["pt-1", "pt-2"])
        #expect(try await world.store().collection(.tickets).get("a")?.psaTicketID == "pt-1")
    }

    @Test func aLongPageIsStoredInPartsAndWhole() async throws {
        let world = try await world()
        let notes = (0..<700).map { comment("n-\($0)", "note \($0)") }.joined(separator: ",")
        psa.page(since: "", page(change("pt-1", comments: notes), change("pt-2"), change("pt-1", comments: notes)))
        try await world.fire(TicketSync.self)
        #expect(try await comments(world).count == 700)
        #expect(try await tickets(world).count == 2)
    }

    static let odd: [(String, String)] = [
        ("HTML", "<html></html>"), ("half a body", #"{"changes":[{"id":"1","company_"#),
        ("no changes", #"{"has_more":false}"#),
        ("more without a cursor", #"{"changes":[],"has_more":true,"next_cursor":null}"#),
        ("a list", "[]"),
    ]

    @Test(arguments: odd.indices)
    func anOddPageLeavesTheCursor(_ row: Int) async throws {
        let world = try await world()
        psa.page(since: "", page(change(), more: true))
        psa.page(since: "1", Self.odd[row].1)
        await #expect(throws: SyncFailure.self, "\(Self.odd[row].0)") { try await world.fire(TicketSync.self) }
        #expect(try await world.store().collection(.syncState).get("tickets")?.cursor == "1")
        #expect(try await tickets(world).count == 1)
        psa.page(since: "1", page(change("pt-10"), cursor: "2"))
        try await world.fire(TicketSync.self)
        #expect(try await tickets(world).count == 2)
    }

    /// What cannot be read, and how many of its changes count as failed.
    static let unreadable: [String] = [
        #"{"company_id":"psa-c-1"}"#, #"{"id":"","company_id":"psa-c-1"}"#, #"{"id":{},"company_id":"psa-c-1"}"#,
        #"{"id":"bad","company_id":["psa-c-1"]}"#, #"{"id":"bad","company_id":"psa-c-1","comments":[{"body":"x"}]}"#,
        #"{"id":"bad","company_id":"psa-c-1","comments":[{"id":"1","body":"x","public":"yes"}]}"#, "null", "7",
    ]

    @Test(arguments: unreadable)
    func oneChangeThatCannotBeReadKeepsNoOtherAway(_ bad: String) async throws {
        let world = try await world()
        psa.page(since: "", page(bad, change()))
        try await world.fire(TicketSync.self)
        #expect(try await tickets(world).map(\.psaTicketID) == ["pt-9"])
        #expect(try await world.store().collection(.syncState).get("tickets")?.cursor == "1")
        let run = try #require(try await world.store().collection(.syncRuns).page().items.first)
        #expect(run.failed == 1)
        #expect(run.pulled == 1)
    }

    /// Changes of a PSA that takes the contract lightly: every one of them makes the ticket.
    static let loose: [String] = [
        #"{"company_id":"psa-c-1","id":"pt-9"}"#,
        #"{"id":"pt-9","company_id":"psa-c-1","portal_ticket_id":"","contact_id":"","number":"","comments":null}"#,
        #"{"id":"pt-9","company_id":"psa-c-1","portal_ticket_id":17,"contact_id":{"id":1},"status":3,"priority":null}"#,
        #"{"id":"pt-9","company_id":"psa-c-1","assignee":{"name":"Tess"},"subject":null,"updated_at":1767225600}"#,
        #"{"id":"pt-9","company_id":"psa-c-1","updated_at":"yesterday","comments":[{"id":1,"body":null,"public":true}]}"#,
        #"{"id":"pt-9","company_id":"psa-c-1","extra":{"a":[1]},"comments":[{"id":1,"body":"hidden"}]}"#,
    ]

    @Test(arguments: loose)
    func aLooseChangeIsTaken(_ change: String) async throws {
        let world = try await world()
        psa.page(since: "", #"{"more":"x","changes":[\#(change)]}"#)
        try await world.fire(TicketSync.self)
        let ticket = try #require(try await tickets(world).first)
        #expect(ticket.companyID == "c-1")
        #expect(ticket.status == .new)
        #expect(ticket.priority == .normal)
        #expect(try await comments(world).allSatisfy { $0.body.isEmpty })
    }

    /// The technician opened the ticket before the contact could sign in.
    @Test func aTicketFindsItsUserLater() async throws {
        let world = try await world()
        let users = try world.store().collection(.users)
        let other = change("pt-10", company: "psa-c-2").replacing("contact-eric", with: "contact-gil")
        psa.page(since: "", page(change("pt-9").replacing("contact-eric", with: "contact-gil"), other))
        try await world.fire(TicketSync.self)
        #expect(try await tickets(world).allSatisfy { $0.userID == nil })
        let link = HubLink(now: world.app.clock.now, user: "gil").with(["psa_contact_id": "\"contact-gil\""])
        let target = "/api/auth/client-hub-sso?token=\(link.token())"
        #expect(try await world.call(ClientHubSSO.self, .get, target).status == 302)
        // Not the one of another company, whatever contact it names.
        #expect(try await tickets(world).filter { $0.userID == "gil" }.map(\.psaTicketID) == ["pt-9"])
        try await users.update("gil") { $0.psaContactID = nil }
        psa.page(since: "1", page(change("pt-10", company: "psa-c-2").replacing("eric", with: "fay"), cursor: "2"))
        try await world.fire(TicketSync.self)
        #expect(try await tickets(world).first { $0.psaTicketID == "pt-10" }?.userID == "fay")
    }

    @Test func aChangeWithoutACompanyIsNobodysUntilItsTicketIsKnown() async throws {
        let world = try await world()
        psa.page(since: "", page(#"{"id":"pt-9","company_id":null,"status":"open"}"#, change("pt-1")))
        psa.page(since: "1", page(#"{"id":"pt-1","company_id":null,"status":"closed"}"#, cursor: "2"))
        try await world.fire(TicketSync.self)
        #expect(try await tickets(world).map(\.psaTicketID) == ["pt-1"])
        try await world.fire(TicketSync.self)
        #expect(try await tickets(world).map(\.status) == [.closed])
    }

    /// The receipt comes from another clock than the feed, which alone says in which order things happened.
    @Test func theFirstChangeCountsHoweverOldTheReceiptMakesItLook() async throws {
        let world = try await world()
        let mine = Ticket(number: TicketNumber(1), companyID: "c-1", userID: "eric", subject: "mine", description: "d")
        _ = try await world.store().collection(.tickets).create(mine, id: "a")
        try await world.fire(TicketSync.self)
        #expect(try await tickets(world).first?.status == .open)
        let late = change("pt-1", portal: "\"a\"").replacing("2026-01-01T10:00:00Z", with: "2025-06-01T12:00:00+02:00")
        psa.page(since: "", page(late))
        try await world.fire(TicketSync.self)
        #expect(try await tickets(world).first?.status == .inProgress)
        #expect(try await tickets(world).first?.psaUpdatedAt == Timestamp("2025-06-01T10:00:00Z"))
    }

    @Test func membersThatNoTypeKnowsSurvive() async throws {
        let world = try await world()
        let tickets = try DocumentKey(CollectionName("tickets"), DocumentID("a"))
        let body = #"{"company_id":"c-1","user_id":"eric","subject":"old","custom":{"asset":"LT-7"},"tags":["vip"]}"#
        _ = try await world.store().partition.commit(
            WriteBatch([.init(tickets, .upsert(.init(body: Array(body.utf8))))])
        )
        psa.page(since: "", page(change("pt-1", portal: "\"a\"")))
        try await world.fire(TicketSync.self)
        let stored = try #require(try await world.store().partition.get(tickets))
        let text = String(decoding: stored.body, as: UTF8.self)
        #expect(text.contains(#""custom":{"asset":"LT-7"}"#) && text.contains(#""tags":["vip"]"#))
        #expect(text.contains(#""status":"in_progress""#) && text.contains(#""psa_ticket_id":"pt-1""#))
    }

    @Test func aCursorThatRunsInACircleEnds() async throws {
        let world = try await world()
        psa.page(since: "", page(change(), cursor: "\"a\"", more: true))
        psa.page(since: "a", page(change("pt-10"), cursor: "\"a\"", more: true))
        let error = await #expect(throws: SyncFailure.self) { try await world.fire(TicketSync.self) }
        #expect(error?.description.contains("gives no new cursor") == true)
        #expect(try await tickets(world).count == 2)
    }

    @Test func anOvertakenRunLeavesTheCursorAlone() async throws {
        let world = try await world()
        psa.page(since: "", page(change()))
        psa.during {
            try await world.store().collection(.syncState).upsert(SyncState(cursor: "77"), id: "tickets")
        }
        try await world.fire(TicketSync.self)
        #expect(try await world.store().collection(.syncState).get("tickets")?.cursor == "77")
        #expect(try await tickets(world).isEmpty)
    }

    @Test func aTextThatIsTooLongIsCutAtACharacter() async throws {
        let world = try await world()
        let long = String(repeating: "é", count: 200_000)
        psa.page(since: "", page(change(comments: comment("1", long))))
        try await world.fire(TicketSync.self)
        let body = try #require(try await comments(world).first?.body)
        #expect(body.utf8.count == 256 << 10)
        #expect(body.allSatisfy { $0 == "é" })
    }

    @Test func idsThatFitNoURLBecomeDigests() async throws {
        let world = try await world()
        psa.page(since: "", page(change("../7 ä/x")))
        try await world.fire(TicketSync.self)
        let id = try #require(try await tickets(world).first?.id)
        #expect(id.wholeMatch(of: #/psa-[0-9a-f]{32}/#) != nil)
    }
}
