import FunctionKit

/// Finds the users that a push means.
struct AssigneeSearch {
    /// The users of a push, each once, and what matched nobody.
    struct Result {
        /// Ids of users who are not disabled, in ascending order.
        var userIDs: [String] = []
        /// Ids of companies and addresses without a match, in the order they came.
        var unmatched: [String] = []
    }

    let store: TenantStore

    func find(_ assignees: SigningPushRequest.Assignees) async throws -> Result {
        var found: Set<String> = []
        var result = Result()
        for id in assignees.companyIDs {
            guard let company = try await companyID(of: id) else {
                result.unmatched.append(id)
                continue
            }
            try await store.collection(.users).forEach(index: "by_company", equals: [.text(company)]) { user in
                if user.status != .disabled { found.insert(user.id) }
            }
        }
        for email in assignees.emails {
            let address = IndexValue.text(trimmed(email))
            let user = try await store.collection(.users).first(index: "by_email", equals: [address])
            if let user, user.status != .disabled { found.insert(user.id) } else { result.unmatched.append(email) }
        }
        result.userIDs = found.sorted()
        return result
    }

    /// The portal's own id counts first; the PSA's could otherwise shadow it.
    private func companyID(of id: String) async throws -> String? {
        let companies = store.collection(.companies)
        if let company = try await companies.get(id) { return company.id }
        return try await companies.first(index: "by_psa_company", equals: [.text(id)])?.id
    }

    private func trimmed(_ text: String) -> String {
        let start = text.drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
