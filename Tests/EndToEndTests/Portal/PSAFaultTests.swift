import FunctionKit
import Testing

/// ticket-sync while the PSA misbehaves: nothing is lost, and nothing is there twice once it behaves again.
struct PSAFaultTests {
    /// A stack with a ticket of Dana's that the PSA does not have yet.
    private func withTicket(
        _ documents: [PortalStack.Documents] = [],
        _ body: (PortalStack, Client, String) async throws -> Void
    ) async throws {
        let stack = try await PortalStack(documents: documents)
        let dana = try await stack.signIn("dana")
        let id = try await dana.openTicket("The oven smokes")
        try await body(stack, dana, id)
        await stack.end()
    }

    private func expectOneTicket(_ stack: PortalStack, _ dana: Client, _ id: String) async throws {
        let run = try await stack.run("ticket-sync")
        #expect(run.ending == .exited(0), "\(run.errors)")
        let tickets = try await stack.psaTickets(of: id)
        #expect(tickets.count == 1)
        let seen = try await dana.get("/api/portal/tickets/\(id)").json
        #expect(seen["sync"]["state"] == "synced")
        #expect(seen["psa_ticket_id"] == tickets.first?["id"])
    }

    @Test(arguments: [
        ("down", "PSA: GET /portal/tickets/changes was answered with 503."),
        ("500", "PSA: GET /portal/tickets/changes was answered with 500."),
        ("html", "PSA: GET /portal/tickets/changes was answered with something else than the agreed JSON"),
        ("half", "PSA: GET /portal/tickets/changes: "),
    ])
    func aFaultFailsTheRunAndLosesNothing(fault: String, reason: String) async throws {
        try await withTicket { stack, dana, id in
            try await stack.act("faults", ["psa": .text(fault)])
            let run = try await stack.run("ticket-sync")
            #expect(run.ending == .exited(1))
            #expect(run.errors.contains("acme-msp: \(reason)"), "\(run.errors)")
            let waiting = try await dana.get("/api/portal/tickets/\(id)")
            #expect(waiting.json["sync"]["state"] == "pending")
            let health = try await stack.health()
            #expect(health["status"] == "degraded")
            let psa = health["integrations"].items.first { $0["name"] == "psa" }
            #expect(psa?["last_error"].text?.hasPrefix(reason) == true, "\(psa?.encoded ?? "")")
            #expect(!health.encoded.contains(PortalStack.psaKey))

            try await stack.act("faults", ["psa": nil])
            try await expectOneTicket(stack, dana, id)
            #expect(try await stack.health()["status"] == "ok")
        }
    }

    @Test func tooManyCallsAreRepeatedWhenThePSASays() async throws {
        try await withTicket { stack, dana, id in
            try await stack.act("faults", ["psa": ["mode": "429", "seconds": 1, "times": 2]])
            let start = ContinuousClock.now
            try await expectOneTicket(stack, dana, id)
            // Both tenants' runs meet the fault, so that it may be one second for each.
            #expect(ContinuousClock.now - start >= .seconds(1))
        }
    }

    @Test func aLongRetryAfterIsLeftToTheNextRun() async throws {
        try await withTicket { stack, dana, id in
            try await stack.act("faults", ["psa": ["mode": "429", "seconds": 100]])
            let start = ContinuousClock.now
            #expect(try await stack.run("ticket-sync").ending == .exited(1))
            #expect(ContinuousClock.now - start < .seconds(20))
            try await stack.act("faults", ["psa": nil])
            try await expectOneTicket(stack, dana, id)
        }
    }

    @Test func aSlowPSAIsWaitedFor() async throws {
        try await withTicket { stack, dana, id in
            try await stack.act("faults", ["psa": ["mode": "slow", "seconds": 1, "times": 1]])
            try await expectOneTicket(stack, dana, id)
        }
    }

    @Test func aPSAThatDoesNotListenFailsTheRun() async throws {
        let stack = try await PortalStack(settings: ["PSA_API_URL": "http://127.0.0.1:\(try freePort())/psa"])
        let dana = try await stack.signIn("dana")
        let id = try await dana.openTicket("Nobody listens")
        let run = try await stack.run("ticket-sync")
        #expect(run.ending == .exited(1))
        #expect(run.errors.contains("PSA: GET /portal/tickets/changes: "), "\(run.errors)")
        #expect(try await dana.get("/api/portal/tickets/\(id)").json["sync"]["state"] == "pending")
        await stack.end()
    }

    /// The PSA has made the ticket and its answer is on the way when the portal dies.
    @Test func aCrashBetweenAnswerAndWriteMakesNoSecondTicket() async throws {
        try await withTicket { stack, _, id in
            try await stack.act("faults", ["psa": "half"])
            async let run = stack.run("ticket-sync")
            _ = try await eventually("the PSA's ticket") {
                try await stack.psaTickets(of: id).isEmpty ? nil : true
            }
            try await stack.crashPortal()
            #expect(try await run.ending == .exited(69))
            try await stack.act("faults", ["psa": nil])
            try await stack.start()
            let dana = try await stack.signIn("dana")
            #expect(try await dana.get("/api/portal/tickets/\(id)").json["sync"]["state"] == "pending")
            try await expectOneTicket(stack, dana, id)
        }
    }

    @Test func aRefusedRecordIsParkedAndTheOthersGoOn() async throws {
        let empty = PortalStack.Documents(
            tenant: "acme-msp",
            collection: "tickets",
            lines: [["id": "bad", "company_id": "borealis-bakery", "subject": "", "sync": ["state": "pending"]]]
        )
        try await withTicket([empty]) { stack, dana, id in
            try await expectOneTicket(stack, dana, id)
            let bad = try await stack.signIn("sam").get("/api/portal/tickets/bad").json
            #expect(bad["sync"]["state"] == "parked")
            #expect(bad["sync"]["error"].text?.contains("400: A ticket needs a") == true, "\(bad.encoded)")
            try await stack.act("faults", ["psa": "500"])
            try await stack.act("faults", ["psa": nil])
            #expect(try await stack.run("ticket-sync").ending == .exited(0))
            #expect(try await stack.psaTickets(of: "bad").isEmpty)
        }
    }

    /// A cursor that the PSA does not know fails one tenant's run, and that one's alone.
    @Test func oneTenantsTroubleTouchesNoOther() async throws {
        let cursor = PortalStack.Documents(
            tenant: "zenith-msp",
            collection: "sync_state",
            lines: [["id": "tickets", "cursor": "nonsense"]]
        )
        try await withTicket([cursor]) { stack, dana, id in
            let run = try await stack.run("ticket-sync")
            #expect(run.ending == .exited(1))
            #expect(run.errors.contains("Synchronising tickets failed for 1 of 2 tenants: zenith-msp: PSA: GET"))
            #expect(try await stack.psaTickets(of: id).count == 1)
            #expect(try await dana.get("/api/portal/tickets/\(id)").json["sync"]["state"] == "synced")
        }
    }

    @Test func twoRunsAtOnceFollowEachOther() async throws {
        try await withTicket { stack, _, id in
            try await stack.act("faults", ["psa": ["mode": "slow", "seconds": 1, "times": 1]])
            async let first = stack.run("ticket-sync")
            async let second = stack.run("ticket-sync")
            #expect(try await first.ending == .exited(0))
            #expect(try await second.ending == .exited(0))
            #expect(try await stack.psaTickets(of: id).count == 1)
            try await stack.stopPortal()
            let runs = try await stack.export("sync_runs", of: "acme-msp")
                .sorted { ($0["started_at"].text ?? "") < ($1["started_at"].text ?? "") }
            #expect(runs.count == 2)
            #expect((runs[0]["finished_at"].text ?? "~") <= (runs[1]["started_at"].text ?? ""))
            #expect(runs.map { $0["pushed"] } == [1, 0])
        }
    }
}
