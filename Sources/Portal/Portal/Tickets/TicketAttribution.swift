import FunctionKit

/// Gives a user the tickets that technicians opened for their contact before the portal knew the user.
struct TicketAttribution {
    let store: TenantStore

    /// Does so for the tickets of the user's company that belong to nobody; one look into an index where there are none.
    func run(for userID: String) async throws {
        guard let user = try await store.collection(.users).get(userID), let contact = user.psaContactID else { return }
        let tickets = store.collection(.tickets)
        try await tickets.forEach(index: "by_psa_contact", equals: [.text(contact), .null]) { ticket in
            guard ticket.companyID == user.companyID else { return }
            try await tickets.update(ticket.id) { $0.userID = $0.userID ?? userID }
        }
    }
}
