public import FunctionKit
import Portal

/// `POST /api/internal/portal-access`: the PSA gives a contact access to the portal, or takes it away.
public struct PortalAccess: HTTPFunction {
    private let portal: Portal

    /// Prepares the function.
    public init(app: AppContext) async throws { portal = try await Portal(app: app) }

    /// Answers 200 `{user_id, status}`; `user_id` is null when a contact without a user loses access.
    ///
    /// 401 for a wrong key, 404 for a tenant that does not exist, is suspended, or whose id and slug do not belong together.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await portal.answer(request, context) {
            let missing = HTTPError.notConfigured(
                "Portal access is not configured",
                code: "portal_access_not_configured"
            )
            try ServiceKey.check(request, is: portal.settings.psaServiceKey, otherwise: missing)
            let change = try await request.decode(AccessChange.self)
            let person = try change.person()
            let tenant = try await portal.tenants.active(slug: change.tenantSlug, tenantID: change.tenantID.description)
            guard let tenant else {
                throw HTTPError(.notFound, code: "tenant_not_found", message: "There is no such tenant.")
            }
            let store = try portal.tenants.store(of: tenant)
            let users = UserAccess(portal, store: store, request: request, logger: context.logger)
            let answer = change.enabled ? try await users.enable(person) : try await users.disable(person)
            return try .json(answer)
        }
    }
}

/// What the PSA sends.
private struct AccessChange: Decodable {
    struct Contact: Decodable {
        var id: PeerID
        var email: String?
        var name: String?
        var phone: String?
    }
    struct Company: Decodable {
        var id: PeerID
        var name: String?
    }

    var tenantID: PeerID
    var tenantSlug: String
    var enabled: Bool
    var accessLevel: String?
    var contact: Contact
    var company: Company

    enum CodingKeys: String, CodingKey {
        case tenantID = "tenant_id"
        case tenantSlug = "tenant_slug"
        case enabled
        case accessLevel = "access_level"
        case contact
        case company
    }

    func person() throws -> ProvisionedPerson {
        guard let role = PortalUser.Role(accessLevel: accessLevel ?? "own") else {
            throw HTTPError.invalidField("access_level", "must be one of: own, company, company_admin.")
        }
        // Access is taken from a contact by its id, whatever has become of the address.
        let email = contact.email.flatMap { ProvisionedPerson.isEmail($0) ? $0 : nil }
        guard email != nil || !enabled else {
            throw HTTPError.invalidField("contact.email", "is not an e-mail address.")
        }
        return ProvisionedPerson(
            email: email ?? "",
            name: try optional(contact.name, .line(bytesMax: 256), "contact.name"),
            phone: try optional(contact.phone, .line(bytesMax: 64), "contact.phone"),
            role: role,
            psaContactID: contact.id.description,
            companyID: company.id.description,
            psaCompanyID: company.id.description,
            companyName: try optional(company.name, .line(bytesMax: 256), "company.name")
        )
    }

    private func optional(_ text: String?, _ rule: TextRule, _ field: String) throws -> String? {
        guard let text, !text.isEmpty else { return nil }
        return try rule.apply(text, to: field)
    }
}
