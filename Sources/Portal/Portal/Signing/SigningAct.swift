import FoundationEssentials
public import FunctionKit

/// Records a user's signature and tells Legal.
public struct SigningAct: Sendable {
    private let app: AppContext
    private let audit: AuditLog

    /// Makes the act.
    public init(portal: Portal) {
        app = portal.app
        audit = portal.audit
    }

    /// Writes the acknowledgement, the assignment's new state, the audit entry and the webhook in one transaction.
    ///
    /// - Throws: ``FunctionKit/HTTPError``: 404 when the policy, in this version, is not published or not assigned to the user;
    ///   409 when the user has signed it, also when that happens at this very moment.
    public func sign(
        _ request: SigningRequest,
        by session: PortalSession,
        over http: HTTPRequest
    ) async throws -> Stored<Acknowledgement> {
        let key = Policy.key(request.policyID, request.version)
        let id = PolicyAssignment.id(policyKey: key, userID: session.user.id)
        let webhookID = "msg_\(app.ids.next())"
        do {
            try await session.store.transaction { transaction in
                try await write(request, session, http, key: key, id: id, webhookID: webhookID, in: &transaction)
            }
        } catch let error as StoreError where error.code == .alreadyExists {
            throw HTTPError.alreadySigned
        }
        guard let stored = try await session.store.collection(.acknowledgements).get(id) else {
            throw HTTPError.notFoundHere
        }
        return stored
    }

    private func write(
        _ request: SigningRequest,
        _ session: PortalSession,
        _ http: HTTPRequest,
        key: String,
        id: String,
        webhookID: String,
        in transaction: inout Transaction
    ) async throws {
        guard let policy = try await transaction.get(key, from: .policies), policy.status == .published,
            let assignment = try await transaction.get(id, from: .policyAssignments), assignment.state != .draft
        else { throw HTTPError.notFoundHere }
        guard assignment.state == .awaiting else { throw HTTPError.alreadySigned }
        let now = app.clock.now
        let agent = singleLine(http.headers["User-Agent"] ?? "").utf8.prefix(Acknowledgement.userAgentBytesMax)
        let acknowledgement = Acknowledgement(
            policyID: policy.policyID,
            version: policy.version,
            textSHA256: policy.bodySHA256,
            userID: session.user.id,
            companyID: session.company.id,
            email: session.user.email,
            fullName: request.fullName,
            acknowledgedAt: now,
            remoteAddress: http.remoteAddress,
            userAgent: String(decoding: agent, as: UTF8.self),
            webhookID: webhookID
        )
        try transaction.create(acknowledgement, id: id, in: .acknowledgements)
        var signed = assignment.value
        signed.state = .signed
        signed.acknowledgedAt = now
        try transaction.replace(assignment, with: signed, in: .policyAssignments)
        try audit.record(entry(acknowledgement), in: &transaction)
        let event = try PolicyAcknowledgedEvent(acknowledgement, session: session).delivery()
        try transaction.send(event, id: webhookID, through: LegalWebhookSender.queue)
    }

    private func entry(_ acknowledgement: Acknowledgement) -> AuditEntry {
        AuditEntry(
            "policy.acknowledge",
            actorKind: "user",
            actorID: acknowledgement.userID,
            companyID: acknowledgement.companyID,
            subjectKind: "policy",
            subjectID: Policy.key(acknowledgement.policyID, acknowledgement.version),
            remoteAddress: acknowledgement.remoteAddress,
            details: ["full_name": acknowledgement.fullName, "text_sha256": acknowledgement.textSHA256]
        )
    }
}

extension HTTPError {
    static var alreadySigned: HTTPError {
        HTTPError(
            .conflict,
            code: "already_signed",
            message: "You have already signed this document. Find it under Signed Documents."
        )
    }
}
