import FoundationEssentials
import FunctionKit

func decodeJSON(_ text: String) throws -> JSON { try JSONDecoder().decode(JSON.self, from: Data(text.utf8)) }

/// What a test makes the other side do, and what it sees there.
extension PortalStack {
    /// A link of the Hub for one of the sandbox's people, as a path of the portal.
    func hubLink(_ person: String) async throws -> String {
        let answer = try await sandbox.send(.get, "/hub/sso/\(person)")
        let link = answer.headers["Location"] ?? ""
        let base = try portal.baseURL
        guard answer.status == 302, link.hasPrefix(base) else {
            throw SupportError("The Hub answered \(answer.status) \(answer.body)")
        }
        return String(link.dropFirst(base.count))
    }

    /// Signs one of the sandbox's people in through the Hub.
    func signIn(_ person: String) async throws -> Client {
        try await signIn(path: try await hubLink(person))
    }

    /// Signs in whoever a token names; see ``HubLink/claims(_:)``.
    func signIn(claims: [String: JSON]) async throws -> Client {
        try await signIn(path: HubLink.path(HubLink.token(HubLink.claims(claims))))
    }

    private func signIn(path: String) async throws -> Client {
        let answer = try await portal.send(.get, path)
        guard answer.status == 302, let cookie = answer.headers["Set-Cookie"]?.split(separator: ";").first else {
            throw SupportError("The sign-in was answered \(answer.status) \(answer.body)")
        }
        return Client(stack: self, cookie: String(cookie))
    }

    /// What the sandbox knows of a tenant.
    func state(_ tenant: String = "acme-msp", peer: String? = nil) async throws -> JSON {
        try await sandbox.send(.get, "/sandbox/state?tenant=\(tenant)" + (peer.map { "&peer=\($0)" } ?? "")).json
    }

    /// The PSA's tickets that came from a ticket of the portal.
    func psaTickets(of portalTicket: String) async throws -> [JSON] {
        try await state()["tickets"].items.filter { $0["portal_ticket_id"].text == portalTicket }
    }

    /// Lets somebody act on the other side: `psa/answer`, `books/issue`, `legal/policies`, `faults`.
    @discardableResult
    func act(_ action: String, _ input: JSON) async throws -> JSON {
        let answer = try await sandbox.send(
            .post,
            "/sandbox/\(action)",
            headers: ["Content-Type": "application/json"],
            body: input.encoded
        )
        guard (200...299).contains(answer.status) else {
            throw SupportError("'\(action)' was answered \(answer.status) \(answer.body)")
        }
        return answer.json
    }

    /// A function key of the running portal.
    func functionKey() async throws -> String {
        let keys = try await runPostern(["keys", "list", "--data", dataFolder, "--json"])
        let list = try decodeJSON(keys.output).items
        guard let key = list.first(where: { $0["scope"] == "host.function" })?["value"].text else {
            throw SupportError("There is no function key: \(list.map { $0["scope"] })")
        }
        return key
    }

    /// All that health tells staff.
    func health() async throws -> JSON {
        try await portal.send(.get, "/api/health", headers: ["x-functions-key": try await functionKey()]).json
    }
}

/// Somebody who is signed in.
struct Client: Sendable {
    let stack: PortalStack
    let cookie: String

    func get(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await send(.get, path, headers: headers)
    }

    func post(_ path: String, _ body: JSON) async throws -> Answer {
        try await send(.post, path, headers: ["Content-Type": "application/json"], body: body.encoded)
    }

    func send(
        _ method: HTTPMethod,
        _ path: String,
        headers: HTTPFields = [:],
        body: String = ""
    ) async throws -> Answer {
        var headers = headers
        headers["Cookie"] = cookie
        return try await stack.portal.send(method, path, headers: headers, body: body)
    }

    /// Opens a ticket and returns its id.
    func openTicket(_ subject: String) async throws -> String {
        let answer = try await post("/api/portal/tickets", ["subject": .text(subject), "description": "Please look."])
        guard answer.status == 201, let id = answer.json["id"].text else {
            throw SupportError("The ticket was answered \(answer.status) \(answer.body)")
        }
        return id
    }

    /// All pages of a list.
    func all(_ path: String, limit: Int = 200) async throws -> [JSON] {
        var items: [JSON] = []
        var cursor: String?
        repeat {
            let page = try await get("\(path)?limit=\(limit)" + (cursor.map { "&cursor=\($0)" } ?? ""))
            guard page.status == 200 else { throw SupportError("'\(path)' was answered \(page.status) \(page.body)") }
            items += page.json["items"].items
            cursor = page.json["next_cursor"].text
        } while cursor != nil
        return items
    }
}
