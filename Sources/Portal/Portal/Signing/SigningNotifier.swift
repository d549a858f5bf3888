public import FunctionKit

/// Sends the e-mail of a ``SigningNotice``.
public struct SigningNotifier: Sendable {
    private let portal: Portal
    private let mailer: Mailer
    private let journal: IntegrationJournal

    /// Reads the settings of e-mail.
    public init(portal: Portal) throws {
        self.portal = portal
        journal = try IntegrationJournal(app: portal.app)
        mailer = Mailer(app: portal.app)
    }

    /// Sends one e-mail and records that it was sent; a message that comes again after that sends nothing.
    ///
    /// Nothing is sent either for a user who was disabled or deleted since, has signed already, or for a policy that is no
    /// longer there. Between the provider's answer and our record lies the one moment in which a crash repeats an e-mail.
    /// - Throws: ``MailError`` when no provider takes it, so that the queue delivers the message again later.
    public func deliver(_ notice: SigningNotice, tenant name: TenantName, logger: Logger) async throws {
        let store = portal.app.store.tenant(name)
        guard let tenant = try await portal.tenants.active(slug: name.description) else {
            return logger.info("Sent no e-mail, because the tenant is suspended or gone.", ["tenant": "\(name)"])
        }
        let key = Policy.key(notice.policyID, notice.version)
        let id = PolicyAssignment.id(policyKey: key, userID: notice.userID)
        guard let assignment = try await store.collection(.policyAssignments).get(id)?.value,
            assignment.notifiedAt == nil, assignment.state == .awaiting,
            let policy = try await store.collection(.policies).get(key)?.value, policy.status == .published
        else { return logger.info("Sent no e-mail, because there is nothing to tell.", ["policy": key]) }
        guard let user = try await store.collection(.users).get(notice.userID)?.value, user.status != .disabled else {
            return logger.info("Sent no e-mail, because the user is disabled or gone.", ["policy": key])
        }
        let email = try SigningEmail(
            policy: policy,
            user: user,
            branding: try await Branding.read(of: tenant, from: store),
            tenant: tenant,
            baseURL: portal.settings.baseURL
        ).email()
        do {
            try await mailer.send(email)
        } catch {
            await journal.failed(.email, "\(error)")
            throw error
        }
        await journal.succeeded(.email)
        let now = portal.app.clock.now
        try await store.collection(.policyAssignments).update(id) { $0.notifiedAt = now }
        logger.info("Sent the e-mail for a signature.", ["policy": key, "user": notice.userID])
    }
}
