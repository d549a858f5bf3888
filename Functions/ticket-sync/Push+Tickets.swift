import FunctionKit
import Portal

extension Push {
    /// False when there was nothing to push.
    func push(_ ticket: Stored<Ticket>) async throws -> Bool {
        let tickets = scope.store.collection(.tickets)
        guard ticket.psaTicketID == nil, ticket.origin == .portal else {
            try await tickets.update(ticket.id) { $0.sync = .synced(at: nil) }
            return false
        }
        let receipt = try await scope.client.post(
            "/portal/tickets",
            body: try await message(for: ticket),
            idempotencyKey: ticket.id,
            as: PSATicketReceipt.self,
            deadline: scope.context.deadline
        )
        do {
            try await tickets.update(ticket.id) { link(&$0, receipt) }
        } catch let error as StoreError where error.code == .uniqueViolation {
            let reason = "The PSA answered with the id \(receipt.id), which belongs to another ticket."
            throw IntegrationError(.rejected(.conflict), reason)
        }
        return true
    }

    private func message(for ticket: Stored<Ticket>) async throws -> PSANewTicket {
        let company = try await scope.store.collection(.companies).get(ticket.companyID)
        var contact: String?
        if let user = ticket.userID {
            contact = try await scope.store.collection(.users).get(user)?.psaContactID
        }
        return PSANewTicket(
            portalTicketID: ticket.id,
            tenantID: scope.tenant.tenantID,
            tenantSlug: scope.tenant.slug,
            companyID: company?.psaCompanyID ?? ticket.companyID,
            contactID: contact,
            subject: ticket.subject,
            description: ticket.description,
            priority: ticket.priority,
            createdAt: ticket.createdAt
        )
    }

    /// A pull that ran meanwhile may have been faster and newer. The receipt's time is not kept: the feed of changes says in
    /// which order things happened, and a change in it must not lose against the clock of another machine of the PSA.
    private func link(_ ticket: inout Ticket, _ receipt: PSATicketReceipt) {
        guard ticket.psaTicketID == nil else { return }
        ticket.psaTicketID = receipt.id.description
        ticket.psaNumber = receipt.number?.description
        ticket.status = receipt.status ?? ticket.status
        ticket.sync = .synced(at: scope.portal.app.clock.now)
    }

    func park(ticket id: String, _ error: String) async throws {
        try await scope.store.collection(.tickets).update(id) { ticket in
            if ticket.psaTicketID == nil { ticket.sync = .parked(error) }
        }
    }
}
