import FoundationEssentials
import FunctionKit
import FunctionTesting
import Testing

@testable import Portal

/// Two MSPs and a mission with the same ids of companies and users in each, so that whatever crosses a border is seen.
///
/// `northwind` (PSA `PSA-1`, Books `B-1`) has `dana`, a company admin, and `sam`; `contoso` (PSA `PSA-2`) has `eve` and
/// `off`, who is disabled.
struct ClientFixture {
    static let settings = [
        "PORTAL_SESSION_SECRET": "session-secret-session-secret-32", "PORTAL_BASE_URL": "https://app.portal.example",
        "PORTAL_INTEGRATION_KEY": "legal-key",
    ]

    let app: TestApp
    let portal: Portal

    init(
        settings: [String: String] = [:],
        without: Set<String> = [],
        http: any HTTPClient = ScriptedHTTPClient.unreachable
    ) async throws {
        let all = Self.settings.merging(settings) { $1 }.filter { !without.contains($0.key) }
        app = TestApp(settings: all, http: http)
        portal = try await Portal(app: app.context())
        for (slug, type) in [("acme", Tenant.OrgType.msp), ("globex", .msp), ("hope", .mission)] {
            try await make(Tenant(tenantID: "t-\(slug)", slug: slug, name: "\(slug.capitalized) IT", orgType: type))
        }
    }

    private func make(_ tenant: Tenant) async throws {
        _ = try await app.store.system("_portal").collection(.tenants).create(tenant, id: tenant.slug)
        let store = try self.store(tenant.slug)
        let companies = store.collection(.companies)
        let northwind = Company(name: "Northwind", psaCompanyID: "PSA-1", booksClientID: "B-1")
        _ = try await companies.create(northwind, id: "northwind")
        _ = try await companies.create(Company(name: "Contoso", psaCompanyID: "PSA-2"), id: "contoso")
        let users: [(id: String, company: String, role: PortalUser.Role, status: PortalUser.Status)] = [
            ("dana", "northwind", .companyAdmin, .active), ("sam", "northwind", .user, .active),
            ("eve", "contoso", .user, .active), ("off", "contoso", .user, .disabled),
        ]
        for user in users {
            let document = PortalUser(
                companyID: user.company,
                email: "\(user.id)@\(user.company).example",
                name: user.id.capitalized,
                role: user.role,
                status: user.status
            )
            _ = try await store.collection(.users).create(document, id: user.id)
        }
    }

    func store(_ slug: String = "acme") throws -> TenantStore { try app.store.tenant(slug) }

    /// A request with a fresh session of the user, or with none.
    func request(
        _ method: HTTPMethod = .get,
        _ path: String = "/api/test",
        query: String? = nil,
        as userID: String? = nil,
        of slug: String = "acme",
        headers: HTTPFields = [:],
        json: String? = nil
    ) async throws -> HTTPRequest {
        var request = HTTPRequest(method: method, path: path, query: query, headers: headers)
        if let json {
            request.headers["Content-Type"] = "application/json"
            request.body = HTTPBody(json)
        }
        guard let userID else { return request }
        let store = try self.store(slug)
        let tenant = try #require(try await portal.tenants.active(slug: slug))
        let user = try #require(try await store.collection(.users).get(userID))
        let anonymous = request
        let cookie = try await store.transaction { transaction in
            try await portal.sessions.begin(
                user: userID,
                company: user.companyID,
                tenant: tenant,
                method: "test",
                request: anonymous,
                in: &transaction
            )
        }
        request.headers["Cookie"] = String(cookie.prefix { $0 != ";" })
        return request
    }

    /// Runs `body` while the clock moves for whoever sleeps, for tests in which writers lose against each other and wait.
    func whileTimePasses<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result
    {
        let clock = app.clock
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while !Task.isCancelled {
                    await Task.yield()
                    if let next = clock.timeToNextSleeper { clock.advance(by: next) }
                }
                return nil
            }
            defer { group.cancelAll() }
            return try #require(try await group.next() ?? nil)
        }
    }

    /// The messages of a queue in the order of their delivery, whether due or not.
    func messages(in queue: String, of slug: String = "acme") async throws -> [Stored<QueueRecord>] {
        try await store(slug).collection(.queues)
            .page(index: "by_visibility", equals: [.text(queue)], limit: 1000).items
    }

    /// Delivers what is due once, as the host does: a throw counts, and the fifth moves the message to the poison queue.
    ///
    /// - Returns: how many deliveries there were.
    @discardableResult
    func deliver(_ queue: String, of slug: String = "acme", to function: some QueueFunction) async throws -> Int {
        let due = try await messages(in: queue, of: slug).filter { $0.visibleAt <= app.clock.now }
        let queues = try store(slug).collection(.queues)
        for stored in due {
            var record = stored.value
            record.dequeueCount += 1
            let message = QueueMessage(
                id: stored.id,
                queue: try QueueName(queue),
                tenant: try TenantName(slug),
                payload: record.payload,
                dequeueCount: record.dequeueCount,
                insertedAt: stored.createdAt
            )
            do {
                try await function.receive(message, context: app.invocation())
                try await queues.delete(stored.id)
            } catch {
                record.lastError = "\(error)"
                if record.dequeueCount >= 5 {
                    record.originalQueue = queue
                    record.queue = queue + "-poison"
                }
                _ = try await queues.replace(stored, with: record)
            }
        }
        return due.count
    }
}

extension HTTPResponse {
    /// The body as text.
    var text: String {
        get async throws { String(decoding: try await body.collect(), as: UTF8.self) }
    }

    /// The body decoded.
    func decoded<Value: Decodable>(_ type: Value.Type) async throws -> Value {
        try JSONDecoder().decode(type, from: Data(try await body.collect()))
    }

    /// The status and the error's code, for tables: `404 not_found`.
    var outcome: String {
        get async throws {
            struct Envelope: Decodable {
                struct Content: Decodable { var code: String }
                var error: Content
            }
            guard let error = try? await decoded(Envelope.self).error else { return "\(status.rawValue)" }
            return "\(status.rawValue) \(error.code)"
        }
    }
}

/// A list's answer.
struct ListAnswer<Item: Decodable>: Decodable {
    var items: [Item]
    var nextCursor: String?

    private enum CodingKeys: String, CodingKey {
        case items
        case nextCursor = "next_cursor"
    }
}
