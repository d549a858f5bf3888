import FunctionKit
import Portal

/// Gives a contact of the PSA a user, or takes the user out of use.
struct UserAccess {
    /// What the PSA learns.
    struct Answer: Encodable {
        var userID: String?
        var status: PortalUser.Status

        private enum CodingKeys: String, CodingKey {
            case userID = "user_id"
            case status
        }

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(userID, forKey: .userID)
            try fields.encode(status, forKey: .status)
        }
    }

    private let portal: Portal
    private let store: TenantStore
    private let request: HTTPRequest
    private let provisioning: Provisioning

    init(_ portal: Portal, store: TenantStore, request: HTTPRequest, logger: Logger) {
        self.portal = portal
        self.store = store
        self.request = request
        provisioning = Provisioning(store, logger: logger)
    }

    /// The user is active afterwards, also one whom an earlier call disabled.
    func enable(_ person: ProvisionedPerson) async throws -> Answer {
        let id = try await provisioning.transaction { transaction in
            let company = try await provisioning.company(for: person, in: &transaction)
            let id: String
            if let known = try await provisioning.user(matching: person, in: &transaction) {
                var user = try await provisioning.refreshed(known, by: person, company: company)
                user.status = .active
                try transaction.replace(known, with: user, in: .users)
                id = known.id
            } else {
                id = try await provisioning.create(person, company: company, in: &transaction)
            }
            try portal.audit.record(entry("portal_access.enable", id, company), in: &transaction)
            return id
        }
        try await provisioning.attributeTickets(to: id)
        return Answer(userID: id, status: .active)
    }

    /// The user is disabled at once, since every request reads the status; the sessions are removed behind that.
    func disable(_ person: ProvisionedPerson) async throws -> Answer {
        let id = try await provisioning.transaction { transaction -> String? in
            guard let known = try await provisioning.user(matching: person, in: &transaction) else { return nil }
            var user = known.value
            user.status = .disabled
            try transaction.replace(known, with: user, in: .users)
            try portal.audit.record(entry("portal_access.disable", known.id, user.companyID), in: &transaction)
            return known.id
        }
        if let id { try await portal.sessions.endAll(of: id, in: store) }
        return Answer(userID: id, status: .disabled)
    }

    private func entry(_ action: String, _ user: String, _ company: String) -> AuditEntry {
        AuditEntry(
            action,
            actorKind: "psa",
            companyID: company,
            subjectKind: "user",
            subjectID: user,
            remoteAddress: request.remoteAddress
        )
    }
}
