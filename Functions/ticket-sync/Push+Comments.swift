import FunctionKit
import Portal

extension Push {
    /// False when there was nothing to push, or nothing yet: a comment waits until the PSA has its ticket.
    func push(_ comment: Stored<TicketComment>) async throws -> Bool {
        let comments = scope.store.collection(.ticketComments)
        guard comment.psaCommentID == nil, comment.origin == .portal else {
            try await comments.update(comment.id) { $0.sync = .synced(at: nil) }
            return false
        }
        guard comment.isPublic else { return false }
        guard let ticket = try await scope.store.collection(.tickets).get(comment.ticketID) else {
            throw IntegrationError(.rejected(.notFound), "The comment's ticket does not exist.")
        }
        guard let psaTicketID = ticket.psaTicketID else { return false }
        let receipt = try await scope.client.post(
            "/portal/tickets/\(percentEncoded(psaTicketID))/comments",
            body: PSANewComment(
                portalCommentID: comment.id,
                authorName: comment.authorName,
                authorEmail: comment.authorEmail,
                body: comment.body,
                createdAt: comment.authoredAt ?? comment.createdAt
            ),
            idempotencyKey: comment.id,
            as: PSACommentReceipt.self,
            deadline: scope.context.deadline
        )
        try await link(comment, receipt.id.description)
        return true
    }

    /// Where a pull took the PSA's copy of this very comment for a technician's, the copy goes and ours stays.
    private func link(_ comment: Stored<TicketComment>, _ psaID: String) async throws {
        let comments = scope.store.collection(.ticketComments)
        let copy = try await comments.first(
            index: "by_psa_comment",
            equals: [.text(comment.ticketID), .text(psaID)]
        )
        if let copy, copy.id != comment.id, copy.origin == .psa { try await comments.delete(copy.id) }
        try await comments.update(comment.id) { stored in
            stored.psaCommentID = psaID
            stored.sync = .synced(at: scope.portal.app.clock.now)
        }
    }

    func park(comment id: String, _ error: String) async throws {
        try await scope.store.collection(.ticketComments).update(id) { comment in
            if comment.psaCommentID == nil { comment.sync = .parked(error) }
        }
    }
}
