import FunctionKit
import Glibc
import Testing

/// What was acknowledged survives every crash.
struct DurabilityTests {
    private final class Acknowledged: Sendable {
        private let state = LockedState<[String: String]>([:])
        var all: [String: String] { state.withLock { $0 } }
        func add(_ id: String, _ subject: String) { state.withLock { $0[id] = subject } }
    }

    /// Several clients write without pause while the host is killed at moments that nobody chose.
    @Test func everyAcknowledgedTicketSurvivesTwelveCrashes() async throws {
        let stack = try await PortalStack()
        let dana = try await stack.signIn("dana")
        let acknowledged = Acknowledged()
        for round in 0..<12 {
            let goal = acknowledged.all.count + Int.random(in: 1...60)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<6 { group.addTask { await write(dana, "\(round)/\(writer)", acknowledged) } }
                group.addTask {
                    _ = try await eventually("\(goal) tickets") { acknowledged.all.count >= goal ? true : nil }
                    try await stack.crashPortal()
                }
                try await group.waitForAll()
            }
            try await stack.start()
        }
        let sam = try await stack.signIn("sam")
        let found = try await sam.all("/api/portal/tickets")
        let subjects = Dictionary(found.map { ($0["id"].text ?? "", $0["subject"].text ?? "") }) { $1 }
        for (id, subject) in acknowledged.all { #expect(subjects[id] == subject) }
        #expect(acknowledged.all.count >= 12)
        #expect(subjects.count == found.count, "No ticket is listed twice")
        #expect(Set(found.map { $0["number"] }).count == found.count, "No number is given twice")
        // What was on its way when the host died may be there or not, at most one for each writer and crash.
        #expect(found.count <= acknowledged.all.count + 12 * 6)
        try await stack.stopPortal()
        let verified = try await runPostern(["store", "verify", "--data", stack.dataFolder])
        #expect(verified.ending == .exited(0), "\(verified.output) \(verified.errors)")
        await stack.end()
    }

    /// Writes until the host is gone.
    private func write(_ client: Client, _ name: String, _ acknowledged: Acknowledged) async {
        for number in 0... {
            let subject = "\(name)/\(number)"
            guard
                let answer = try? await client.post(
                    "/api/portal/tickets",
                    ["subject": .text(subject), "description": "x"]
                )
            else { return }
            guard answer.status == 201, let id = answer.json["id"].text else {
                Issue.record("\(answer.status) \(answer.body)")
                return
            }
            acknowledged.add(id, subject)
        }
    }

    /// Damage in the middle of one tenant's log stops that tenant and no other.
    @Test func aDamagedTenantTouchesNoOther() async throws {
        let stack = try await PortalStack()
        let claims: [String: JSON] = [
            "tenant_id": "tnt_zenith", "tenant_slug": "zenith-msp", "client_id": "nimbus", "sub": "hub_zoe",
            "email": "zoe@nimbus.example", "psa_contact_id": nil, "psa_company_id": nil,
        ]
        let zoe = try await stack.signIn(claims: claims)
        _ = try await zoe.openTicket("Zoe's first")
        _ = try await zoe.openTicket("Zoe's second")
        let id = try await stack.signIn("dana").openTicket("Dana's")
        try await stack.crashPortal()
        let log = "data/tenants/zenith-msp/00000001-00000001.jsonl"
        let text = try #require(stack.data.read(log))
        try stack.data.write(text.replacing("Zoe's first", with: "Zoe's worst"), to: log)
        try await stack.start()
        #expect(try await zoe.get("/api/portal/tickets").status == 500)
        let dana = try await stack.signIn("dana")
        #expect(try await dana.get("/api/portal/tickets/\(id)").status == 200)
        let run = try await stack.run("ticket-sync")
        #expect(run.ending == .exited(1))
        #expect(run.errors.contains("zenith-msp"), "\(run.errors)")
        #expect(try await stack.psaTickets(of: id).count == 1)
        try await stack.stopPortal()
        let verified = try await runPostern(["store", "verify", "--data", stack.dataFolder])
        #expect(verified.ending == .exited(65))
        #expect((verified.output + verified.errors).contains(log), "\(verified.output) \(verified.errors)")
        await stack.end()
    }

    /// A timer that was due while the host was down runs when it is up again, once.
    @Test func aMissedRunIsCaughtUp() async throws {
        let enabled = ["AzureWebJobs.invoice-sync.Disabled": "false"]
        let stack = try await PortalStack(settings: enabled)
        // The host answers before its timers have noted when they are due; a stop in between leaves nothing to be missed.
        _ = try await eventually("the timer to note when it is due") { () -> Bool? in
            let log = stack.data.read("data/tenants/_host/00000001-00000001.jsonl")
            let lines = log?.split(separator: "\n") ?? []
            return lines.contains { $0.contains("\"timers\"") && $0.contains("\"invoice-sync\"") } ? true : nil
        }
        try await stack.stopPortal()
        let statuses = try await stack.export("timers", of: "_host")
        let index = try #require(statuses.firstIndex { $0["id"] == "invoice-sync" })
        guard case .object(var status) = statuses[index] else { throw SupportError("\(statuses)") }
        status["last_updated"] = "2026-01-01T00:00:00Z"
        status["next"] = "2026-01-01T06:00:00Z"
        try await stack.importDocuments([.init(tenant: "_host", collection: "timers", lines: [.object(status)])])
        try await stack.start()
        let log = try stack.portal.process
        #expect(await log.waitForOutput("Function 'invoice-sync' is past due on startup. Executing now."))
        let dana = try await stack.signIn("dana")
        _ = try await eventually("the caught-up run") {
            try await dana.all("/api/portal/invoices").isEmpty ? nil : true
        }
        try await stack.stopPortal()
        #expect(try await stack.export("sync_runs", of: "acme-msp").count == 1)
        await stack.end()
    }
}
