package import FunctionKit

/// That the demo's records have been written, so that they never are again.
package struct DemoMark: Codable, Sendable {
    /// Which demo.
    package var name: String
}

extension CollectionDefinition where Document == DemoMark {
    /// Holds one document.
    package static var demoMarks: CollectionDefinition<DemoMark> { CollectionDefinition("demo_marks") }
}

extension Sandbox {
    /// Writes the demo's records before the first call is answered; all of them or none, once for all callers.
    func plantDemo() async throws {
        guard try await store.collection(.demoMarks).get("demo") == nil else { return }
        let now = app.clock.now
        let invoices = try Demo.invoices(now: now)
        do {
            try await store.transaction { transaction in
                try transaction.create(DemoMark(name: "demo"), id: "demo", in: .demoMarks)
                for (id, person) in Demo.people { try transaction.upsert(person, id: id, in: .people) }
                for ticket in Demo.tickets(now: now, id: app.ids.next()) {
                    try transaction.create(ticket, in: .psaTickets)
                }
                for invoice in invoices { try transaction.create(invoice, in: .booksInvoices) }
                for record in Demo.missionRecords(now: now) { try transaction.create(record, in: .missionRecords) }
            }
        } catch let error as StoreError where error.code == .alreadyExists {
            // Another call was first.
        }
    }
}
