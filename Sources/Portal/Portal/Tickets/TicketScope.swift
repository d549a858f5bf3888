public import FunctionKit

/// The tickets that a session may see: its user's own, or its company's.
public struct TicketScope: Sendable {
    /// The most tickets that one search looks at; the answer's cursor continues behind them.
    public static let searchedTicketsMax = 2000
    /// The most bytes of a search text.
    public static let searchBytesMax = 200

    private let session: PortalSession
    private var seesCompany: Bool { session.may(.ticketsViewCompany) }

    /// Makes the scope of a session.
    public init(_ session: PortalSession) { self.session = session }

    /// The ticket of this id; nil when there is none, and just so when it is somebody else's.
    public func ticket(_ id: String) async throws -> Stored<Ticket>? {
        guard let ticket = try await session.store.collection(.tickets).get(id),
            ticket.companyID == session.company.id, seesCompany || ticket.userID == session.user.id
        else { return nil }
        return ticket
    }

    /// One page, newest first, of one status when one is given.
    public func page(status: String?, limit: Int, cursor: String?) async throws(StoreError) -> StoredPage {
        let owner: [IndexValue] =
            seesCompany ? [.text(session.company.id)] : [.text(session.company.id), .text(session.user.id)]
        let index = seesCompany ? "by_company" : "by_user"
        return try await session.store.collection(.tickets).storedPage(
            index: status == nil ? index : index + "_status",
            equals: owner + (status.map { [.text($0)] } ?? []),
            order: .descending,
            limit: limit,
            cursor: cursor
        )
    }

    /// One page of the tickets whose subject, description or number has this text, whatever its case.
    ///
    /// It may hold fewer than `limit` and still have a cursor: see ``searchedTicketsMax``.
    public func search(_ text: String, status: String?, limit: Int, cursor: String?) async throws -> StoredPage {
        let wanted = text.lowercased()
        var found: [StoredDocument] = []
        var cursor = cursor
        var searched = 0
        repeat {
            let page = try await page(status: status, limit: limit - found.count, cursor: cursor)
            found += page.documents.filter { Self.matches($0, wanted) }
            searched += page.documents.count
            cursor = page.nextCursor
        } while cursor != nil && found.count < limit && searched < Self.searchedTicketsMax
        return StoredPage(documents: found, nextCursor: cursor)
    }

    private static func matches(_ document: StoredDocument, _ wanted: String) -> Bool {
        guard let ticket = try? Stored<Ticket>(document) else { return false }
        return ticket.subject.lowercased().contains(wanted) || ticket.description.lowercased().contains(wanted)
            || ticket.number?.description == wanted
    }
}
