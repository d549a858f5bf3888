public import FunctionKit

/// Finds or makes the user and company that another program describes, so that the same person becomes one user however
/// many requests describe them at once.
public struct Provisioning: Sendable {
    /// How often a transaction is run again after another request made the same user or company first.
    static let attemptsMax = 8

    let store: TenantStore
    let logger: Logger

    /// Works in a tenant's documents.
    public init(_ store: TenantStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Runs a transaction that provisions, again and again while others make the same documents.
    ///
    /// The unique indexes decide who was first; the next attempt finds what they made.
    public func transaction<Result>(_ body: (inout Transaction) async throws -> Result) async throws -> Result {
        var attempt = 1
        while true {
            do {
                return try await store.transaction(body)
            } catch let error as StoreError
                where [.alreadyExists, .uniqueViolation, .conflict].contains(error.code) && attempt < Self.attemptsMax
            {
                attempt += 1
            }
        }
    }

    /// The company's id; a company that nobody knows is made.
    ///
    /// It is the one whose document id or PSA id is `companyID`, else the one whose PSA id is `psaCompanyID`. A company that
    /// has no PSA id yet gets the one that is named for it, so that its tickets find their way; one that it has stays.
    public func company(for person: ProvisionedPerson, in transaction: inout Transaction) async throws -> String {
        if let known = try await transaction.get(person.companyID, from: .companies) {
            try await link(known, to: person.psaCompanyID, in: &transaction)
            return known.id
        }
        let companies = store.collection(.companies)
        for psaID in [person.companyID, person.psaCompanyID].compactMap(\.self) {
            if let known = try await companies.first(index: "by_psa_company", equals: [.text(psaID)]) {
                return known.id
            }
        }
        let company = Company(
            name: person.companyName ?? person.companyID,
            psaCompanyID: person.psaCompanyID ?? person.companyID
        )
        return try transaction.create(company, id: person.companyID, in: .companies)
    }

    /// Does nothing when another company has the PSA id: two must not share it, and nobody is kept out for it.
    private func link(
        _ company: Stored<Company>,
        to psaID: String?,
        in transaction: inout Transaction
    ) async throws {
        guard company.psaCompanyID == nil, let psaID else { return }
        let owner = try await store.collection(.companies).first(index: "by_psa_company", equals: [.text(psaID)])
        guard owner == nil else {
            return logger.warning(
                "Company \(company.id) got no PSA id: the one named for it belongs to another company."
            )
        }
        var value = company.value
        value.psaCompanyID = psaID
        try transaction.replace(company, with: value, in: .companies)
    }

    /// The user whom Hub or the PSA describes, guarded by the transaction; nil when nobody knows them.
    ///
    /// Hub's id comes first, then, for the PSA, the contact's, then the e-mail address in any case.
    public func user(
        matching person: ProvisionedPerson,
        in transaction: inout Transaction
    ) async throws -> Stored<PortalUser>? {
        let users = store.collection(.users)
        var found: Stored<PortalUser>?
        if let id = person.hubUserID {
            found = try await users.first(index: "by_hub_user", equals: [.text(id)])
        } else if let id = person.psaContactID {
            found = try await users.first(index: "by_psa_contact", equals: [.text(id)])
        }
        if found == nil, !person.email.isEmpty {
            found = try await users.first(index: "by_email", equals: [.text(person.email)])
        }
        guard let id = found?.id else { return nil }
        return try await transaction.get(id, from: .users)
    }

    /// Gives a user the tickets that technicians opened for their contact before; to be called behind the transaction.
    public func attributeTickets(to userID: String) async throws {
        try await TicketAttribution(store: store).run(for: userID)
    }

    /// What a user becomes by what the other program says now. Ids that it does not name stay.
    ///
    /// An e-mail address that belongs to another user stays as it was, which is logged: it must not keep the person out.
    public func refreshed(
        _ user: Stored<PortalUser>,
        by person: ProvisionedPerson,
        company: String
    ) async throws -> PortalUser {
        var value = user.value
        value.companyID = company
        value.role = person.role
        value.name = person.name ?? value.name
        value.phone = person.phone ?? value.phone
        value.hubUserID = person.hubUserID ?? value.hubUserID
        value.psaContactID = person.psaContactID ?? value.psaContactID
        value.psaCompanyID = person.psaCompanyID ?? value.psaCompanyID
        guard value.email != person.email else { return value }
        let owner = try await store.collection(.users).first(index: "by_email", equals: [.text(person.email)])
        if owner == nil || owner?.id == user.id {
            value.email = person.email
        } else {
            logger.warning("User \(user.id) keeps the old e-mail address: the new one belongs to another user.")
        }
        return value
    }

    /// Adds a user to the transaction. Hub's id becomes the document's id where nobody has it yet.
    ///
    /// - Returns: the new user's id.
    public func create(
        _ person: ProvisionedPerson,
        company: String,
        change: (inout PortalUser) -> Void = { _ in },
        in transaction: inout Transaction
    ) async throws -> String {
        var user = PortalUser(
            companyID: company,
            email: person.email,
            name: person.name ?? person.email,
            phone: person.phone,
            role: person.role,
            hubUserID: person.hubUserID,
            psaContactID: person.psaContactID,
            psaCompanyID: person.psaCompanyID
        )
        change(&user)
        guard let id = person.hubUserID, try await transaction.get(id, from: .users) == nil else {
            return try transaction.create(user, in: .users)
        }
        return try transaction.create(user, id: id, in: .users)
    }
}
