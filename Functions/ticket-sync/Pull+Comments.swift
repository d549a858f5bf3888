import Crypto
import FunctionKit
import Portal

extension Pull {
    /// The writes for a ticket's comments, each comment once. A private one that clients never saw is not stored at all.
    func commentWrites(_ comments: [PSAComment], ticket ticketID: String) async throws -> [SyncChunk] {
        var writes: [SyncChunk] = []
        var seen: Set<String> = []
        for comment in comments {
            let known = try await knownComment(comment, ticket: ticketID)
            let id = known ?? Self.documentID(forComment: comment.id.description, of: ticketID)
            guard known != nil || comment.isPublic, seen.insert(id).inserted else { continue }
            writes.append { try await write(comment, id: id, ticket: ticketID, in: &$0) }
        }
        return writes
    }

    /// The document of a comment that was written here, or that an earlier run brought.
    private func knownComment(_ comment: PSAComment, ticket ticketID: String) async throws -> String? {
        let comments = scope.store.collection(.ticketComments)
        let psaID = comment.id.description
        if let id = comment.portalCommentID?.description, let ours = try await comments.get(id),
            ours.ticketID == ticketID,
            ours.psaCommentID == nil || ours.psaCommentID == psaID
        {
            return id
        }
        return try await comments.first(index: "by_psa_comment", equals: [.text(ticketID), .text(psaID)])?.id
    }

    /// Adds a comment or links ours to the PSA's. A text that is there is never changed; a technician's comment is hidden
    /// or shown as the PSA says.
    private func write(
        _ comment: PSAComment,
        id: String,
        ticket ticketID: String,
        in transaction: inout Transaction
    ) async throws {
        guard let stored = try await transaction.get(id, from: .ticketComments) else {
            guard comment.isPublic else { return }
            try transaction.create(new(comment, ticket: ticketID), id: id, in: .ticketComments)
            return
        }
        var value = stored.value
        if value.origin == .psa { value.isPublic = comment.isPublic }
        if value.psaCommentID == nil {
            value.psaCommentID = comment.id.description
            value.sync = .synced(at: scope.portal.app.clock.now)
        }
        guard value != stored.value else { return }
        try transaction.replace(stored, with: value, in: .ticketComments)
    }

    private func new(_ comment: PSAComment, ticket ticketID: String) -> TicketComment {
        let now = scope.portal.app.clock.now
        let author = comment.authorName.flatMap { $0.isEmpty ? nil : $0 } ?? scope.tenant.name
        return TicketComment(
            ticketID: ticketID,
            authorName: Self.cut(author, to: Self.subjectBytesMax),
            body: Self.cut(comment.body, to: Self.textBytesMax),
            origin: .psa,
            psaCommentID: comment.id.description,
            authoredAt: comment.createdAt?.moment ?? now,
            sync: .synced(at: now)
        )
    }

    /// The same in every run, and different for two tickets whose comments are numbered alike.
    static func documentID(forComment psaID: String, of ticketID: String) -> String {
        "psa-" + hexText(sha256("\(ticketID)\n\(psaID)".utf8).prefix(16))
    }
}
