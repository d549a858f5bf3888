import FunctionKit
import Testing

/// Tickets from the client to the technician and back, over ticket-sync and the PSA.
@Suite(.portalStack(), .serialized)
struct TicketFlowTests {
    private func sync(_ stack: PortalStack) async throws {
        let run = try await stack.run("ticket-sync")
        #expect(run.ending == .exited(0), "\(run.errors)")
        #expect(run.output.hasPrefix("ticket-sync succeeded after "), "\(run.output)")
    }

    @Test func aTicketGoesToTheTechnicianAndTheAnswerComesBack() async throws {
        let stack = try PortalStack.current
        let dana = try await stack.signIn("dana")
        let answer = try await dana.post(
            "/api/portal/tickets",
            ["subject": "The mixer hums", "description": "Since Monday.", "priority": "high"]
        )
        #expect(answer.status == 201)
        #expect(answer.json["status"] == "new")
        #expect(answer.json["sync"]["state"] == "pending")
        let id = try #require(answer.json["id"].text)

        try await sync(stack)
        let tickets = try await stack.psaTickets(of: id)
        #expect(tickets.count == 1)
        let psaID = try #require(tickets[0]["id"].text)
        #expect(tickets[0]["subject"] == "The mixer hums")
        #expect(tickets[0]["priority"] == "high")
        #expect(tickets[0]["company_id"] == "psa_borealis")
        #expect(tickets[0]["contact_id"] == "psa_contact_dana")

        try await stack.act("psa/answer", ["ticket_id": .text(psaID), "body": "Oil is on its way."])
        try await stack.act("psa/note", ["ticket_id": .text(psaID), "body": "Customer never oils it."])
        let change: JSON = ["ticket_id": .text(psaID), "status": "waiting_for_parts", "priority": "urgent"]
        try await stack.act("psa/status", change)
        let said = try await dana.post("/api/portal/tickets/\(id)/comments", ["body": "Thank you!"])
        #expect(said.status == 201)
        try await sync(stack)
        try await sync(stack)

        let seen = try await dana.get("/api/portal/tickets/\(id)")
        #expect(seen.status == 200)
        #expect(seen.json["status"] == "waiting_for_parts", "An unknown status is kept as it came")
        #expect(seen.json["priority"] == "urgent")
        #expect(seen.json["sync"]["state"] == "synced")
        #expect(seen.json["comments"].items.map { $0["body"] } == ["Oil is on its way.", "Thank you!"])
        #expect(!seen.body.contains("never oils"))
        let comments = try await stack.psaTickets(of: id)[0]["comments"].items
        #expect(comments.filter { $0["portal_comment_id"] == said.json["id"] }.count == 1)
        #expect(comments.count == 3, "Syncing again adds nothing")

        try await stack.stopPortal()
        let stored = try await stack.export("ticket_comments", of: "acme-msp")
        #expect(!stored.isEmpty)
        #expect(!stored.contains { $0.encoded.contains("never oils") }, "A private note is not even stored")
        try await stack.start()
    }

    @Test func aTechniciansTicketAppears() async throws {
        let stack = try PortalStack.current
        let dana = try await stack.signIn("dana")
        let sam = try await stack.signIn("sam")
        for (subject, contact) in [("Yearly check", JSON.text("psa_contact_dana")), ("Licence renewal", nil)] {
            try await stack.act(
                "psa/open",
                [
                    "tenant_id": "tnt_acme", "company_id": "psa_borealis", "contact_id": contact,
                    "subject": .text(subject),
                ]
            )
        }
        try await stack.act(
            "psa/open",
            ["tenant_id": "tnt_acme", "company_id": "psa_strangers", "subject": "Not a portal company"]
        )
        try await sync(stack)
        let own = try await dana.all("/api/portal/tickets").compactMap(\.["subject"].text)
        let company = try await sam.all("/api/portal/tickets").compactMap(\.["subject"].text)
        #expect(own.contains("Yearly check") && !own.contains("Licence renewal"))
        #expect(company.contains("Yearly check") && company.contains("Licence renewal"))
        #expect(!company.contains("Not a portal company"))
    }

    @Test func usersSeeTheirOwnAndAdminsTheCompanys() async throws {
        let stack = try PortalStack.current
        let dana = try await stack.signIn("dana")
        let sam = try await stack.signIn("sam")
        let danas = try await dana.openTicket("Dana's")
        let sams = try await sam.openTicket("Sam's")
        let stranger = try await stack.signIn(claims: [
            "sub": "hub_eve", "email": "eve@cumulus.example", "client_id": "cumulus", "psa_company_id": "psa_cumulus",
            "psa_contact_id": "psa_contact_eve", "access_level": "company_admin",
        ])
        let abroad = try await stack.signIn(claims: [
            "sub": "hub_zoe", "email": "zoe@nimbus.example", "client_id": "nimbus", "psa_company_id": "psa_nimbus",
            "tenant_id": "tnt_zenith", "tenant_slug": "zenith-msp", "psa_contact_id": "psa_contact_zoe",
            "access_level": "company_admin",
        ])
        #expect(try await sam.get("/api/portal/tickets/\(danas)").status == 200)
        let missing = try await dana.get("/api/portal/tickets/0000000000")
        #expect(missing.status == 404)
        #expect(missing.body == #"{"error":{"code":"not_found","message":"Not found"}}"#)
        for (client, id) in [(dana, sams), (stranger, danas), (abroad, danas), (abroad, sams)] {
            let answer = try await client.get("/api/portal/tickets/\(id)")
            #expect(answer.status == 404)
            #expect(answer.body == missing.body)
            #expect(answer.headers["Content-Type"] == missing.headers["Content-Type"])
            let comment = try await client.post("/api/portal/tickets/\(id)/comments", ["body": "Let me in."])
            #expect(comment.status == 404)
            #expect(comment.body == missing.body)
        }
        #expect(try await stranger.all("/api/portal/tickets").isEmpty)
        #expect(try await abroad.all("/api/portal/tickets").isEmpty)
        #expect(try await !dana.all("/api/portal/tickets").contains { $0["id"] == .text(sams) })
    }

    @Test(arguments: [
        ("", "The body is not valid JSON."), ("{", "The body is not valid JSON."),
        ("[]", "The body is not a JSON object of the expected form."),
        (#"{"subject":"x"}"#, "The field 'description' is missing."),
        (#"{"subject":7,"description":"x"}"#, "The field 'subject' has the wrong type."),
    ])
    func aBodyThatIsNoTicketIsRefused(body: String, message: String) async throws {
        let stack = try PortalStack.current
        let dana = try await stack.signIn("dana")
        let before = try await dana.all("/api/portal/tickets").count
        let answer = try await dana.send(
            .post,
            "/api/portal/tickets",
            headers: ["Content-Type": "application/json"],
            body: body
        )
        #expect(answer.status == 400)
        #expect(answer.json["error"]["message"] == .text(message))
        #expect(try await dana.all("/api/portal/tickets").count == before)
    }

    @Test func accessThatThePSATakesAwayEndsAtOnce() async throws {
        let stack = try PortalStack.current
        let sam = try await stack.signIn("sam")
        let off = try await stack.act("psa/access", ["person": "sam", "enabled": false])
        #expect(off["status"] == 200)
        #expect(try await sam.get("/api/portal/auth/session").status == 401)
        let refused = try await stack.portal.send(.get, try await stack.hubLink("sam"))
        #expect(refused.status == 401)
        #expect(refused.json["error"]["message"] == "Invalid or expired SSO token")
        try await stack.act("psa/access", ["person": "sam", "enabled": true])
        #expect(try await sam.get("/api/portal/auth/session").status == 401, "The old session stays ended")
        #expect(try await stack.signIn("sam").get("/api/portal/auth/session").status == 200)
    }
}
