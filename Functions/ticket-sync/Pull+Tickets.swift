import Crypto
import FunctionKit
import Portal

extension Pull {
    /// The longest subject that is taken from the PSA, in bytes; what is longer is cut.
    static let subjectBytesMax = 1000
    /// The longest description or comment that is taken from the PSA, in bytes; what is longer is cut.
    static let textBytesMax = 256 << 10

    /// Where a change belongs.
    struct Target {
        /// The ticket's document.
        var ticketID: String
        /// What to make when there is no such document; nil when it was there.
        var new: Ticket?
    }

    /// Finds a change's ticket, or prepares a new one for a company of ours; nil for a change that is passed over.
    ///
    /// - Parameter claimed: the tickets that earlier changes of this page belong to.
    func target(of change: PSAChange, claimed: Set<String>) async throws -> Target? {
        let company = try await company(of: change)
        guard let ticket = try await knownTicket(of: change, claimed: claimed) else {
            guard let company else {
                scope.tally.add(skipped: 1)
                return nil
            }
            let id = Self.documentID(for: change.id.description)
            return Target(ticketID: id, new: try await newTicket(change, company: company))
        }
        guard company == nil || company == ticket.companyID else {
            scope.tally.add(skipped: 1)
            scope.context.logger.warning(
                "PSA ticket \(change.id) was passed over: it belongs to another company than ticket \(ticket.id)."
            )
            return nil
        }
        return Target(ticketID: ticket.id)
    }

    /// The ticket that the PSA has under this id, else the one of ours that it names and has under no other id.
    private func knownTicket(of change: PSAChange, claimed: Set<String>) async throws -> Stored<Ticket>? {
        let tickets = scope.store.collection(.tickets)
        let psaID = change.id.description
        if let known = try await tickets.first(index: "by_psa_ticket", equals: [.text(psaID)]) { return known }
        guard let id = change.portalTicketID?.description, !claimed.contains(id), let named = try await tickets.get(id)
        else {
            return nil
        }
        return named.psaTicketID == nil ? named : nil
    }

    private func company(of change: PSAChange) async throws -> String? {
        let companies = scope.store.collection(.companies)
        guard let psaID = change.companyID?.description else { return nil }
        if let known = try await companies.first(index: "by_psa_company", equals: [.text(psaID)]) { return known.id }
        return try await companies.get(psaID)?.id
    }

    private func newTicket(_ change: PSAChange, company: String) async throws -> Ticket {
        Ticket(
            number: try await numbers.next(in: scope.store),
            companyID: company,
            userID: nil,
            subject: "",
            description: "",
            origin: .psa
        )
    }

    /// The user of the company for whom a technician opened a ticket; nil while nobody knows the contact.
    private func owner(of ticket: Ticket) async throws -> String? {
        guard let contact = ticket.psaContactID else { return nil }
        let user = try await scope.store.collection(.users).first(index: "by_psa_contact", equals: [.text(contact)])
        return user?.companyID == ticket.companyID ? user?.id : nil
    }

    /// Writes a change, if it changes anything. Status, priority, subject and assignee are the PSA's to say.
    func write(_ change: PSAChange, to target: Target, in transaction: inout Transaction) async throws {
        if let stored = try await transaction.get(target.ticketID, from: .tickets) {
            var ticket = stored.value
            apply(change, to: &ticket)
            if ticket.userID == nil { ticket.userID = try await owner(of: ticket) }
            guard ticket != stored.value else { return }
            try transaction.replace(stored, with: ticket, in: .tickets)
        } else if var ticket = target.new {
            apply(change, to: &ticket)
            ticket.userID = try await owner(of: ticket)
            try transaction.create(ticket, id: target.ticketID, in: .tickets)
        }
    }

    private func apply(_ change: PSAChange, to ticket: inout Ticket) {
        ticket.psaTicketID = change.id.description
        ticket.psaNumber = change.number?.description ?? ticket.psaNumber
        if ticket.sync.state != .synced { ticket.sync = .synced(at: scope.portal.app.clock.now) }
        let moment = change.updatedAt?.moment
        if let moment, let last = ticket.psaUpdatedAt, moment < last { return }
        ticket.psaUpdatedAt = moment ?? ticket.psaUpdatedAt
        ticket.status = change.status ?? ticket.status
        ticket.priority = change.priority ?? ticket.priority
        ticket.assignee = change.assignee ?? ticket.assignee
        if let subject = change.subject { ticket.subject = Self.cut(subject, to: Self.subjectBytesMax) }
        guard ticket.origin == .psa else { return }
        ticket.psaContactID = change.contactID?.description ?? ticket.psaContactID
        if let description = change.description {
            ticket.description = Self.cut(description, to: Self.textBytesMax)
        }
    }

    /// A document id that is the same in every run: the PSA's where it fits into a URL, else a digest of it.
    static func documentID(for psaID: String) -> String {
        let isPlain = psaID.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte)
                || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        return "psa-" + (isPlain ? psaID : hexText(sha256(psaID.utf8).prefix(16)))
    }

    /// The longest beginning of whole characters that fits.
    static func cut(_ text: String, to bytesMax: Int) -> String {
        guard text.utf8.count > bytesMax else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: bytesMax)
        while end > text.startIndex, String.Index(end, within: text) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }
}
