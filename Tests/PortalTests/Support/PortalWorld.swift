import Crypto
import FunctionKit
import FunctionTesting
import Portal

/// A portal with two MSPs that look alike, so that a test of isolation has something to confuse.
///
/// `acme-msp` and `globex-msp` each have the companies `c-1` and `c-2` with the users `dana` (company admin of `c-1`), `eric`
/// (user of `c-1`) and `fay` (user of `c-2`).
struct PortalWorld {
    static let ssoSecret = "hub-secret-hub-secret-hub-secret-32"
    static let sessionSecret = "session-secret-session-secret-32b"
    static let psaKey = "psa-key-that-must-never-show"
    static let settings = [
        "PORTAL_BASE_URL": "https://portal.example",
        "PORTAL_SESSION_SECRET": sessionSecret,
        "PORTAL_CLIENT_SSO_SECRET": ssoSecret,
        "PORTAL_ALLOWED_ORIGINS": "https://app.example, https://other.example",
        "PSA_API_URL": "https://psa.example/api",
        "PSA_SERVICE_KEY": psaKey,
    ]

    let app: TestApp

    init(
        settings: [String: String] = PortalWorld.settings,
        http: any HTTPClient = ScriptedHTTPClient.unreachable
    ) async throws {
        app = TestApp(settings: settings, http: http)
        let tenants = try app.store.system("_portal").collection(.tenants)
        for slug in ["acme-msp", "globex-msp"] {
            let tenant = Tenant(tenantID: "t-\(slug)", slug: slug, name: slug, domains: ["\(slug).example"])
            _ = try await tenants.create(tenant, id: slug)
            try await seed(try app.store.tenant(slug))
        }
    }

    private func seed(_ store: TenantStore) async throws {
        for id in ["c-1", "c-2"] {
            let company = Company(name: "Company \(id)", psaCompanyID: "psa-\(id)")
            _ = try await store.collection(.companies).create(company, id: id)
        }
        for (id, company, role) in [
            ("dana", "c-1", PortalUser.Role.companyAdmin), ("eric", "c-1", .user), ("fay", "c-2", .user),
        ] {
            let user = PortalUser(
                companyID: company,
                email: "\(id)@client.example",
                name: id,
                role: role,
                psaContactID: "contact-\(id)"
            )
            _ = try await store.collection(.users).create(user, id: id)
        }
    }

    func store(_ slug: String = "acme-msp") throws -> TenantStore { try app.store.tenant(slug) }

    func portal() async throws -> Portal { try await Portal(app: app.context()) }

    /// The `Cookie` value of a new session.
    func cookie(for user: String, of slug: String = "acme-msp") async throws -> String {
        let portal = try await portal()
        let store = try store(slug)
        guard let tenant = try await portal.tenants.active(slug: slug),
            let stored = try await store.collection(.users).get(user)
        else { throw MissingFixture() }
        let header = try await store.transaction { transaction in
            try await portal.sessions.begin(
                user: user,
                company: stored.companyID,
                tenant: tenant,
                method: "test",
                request: HTTPRequest(path: "/"),
                in: &transaction
            )
        }
        return String(header.prefix { $0 != ";" })
    }

    /// Calls a function as the host would.
    func call<Called: HTTPFunction>(
        _ type: Called.Type,
        _ method: HTTPMethod = .get,
        _ target: String = "/",
        as cookie: String? = nil,
        headers: HTTPFields = [:],
        body: String = "",
        route: [String: String] = [:]
    ) async throws -> Answer {
        let function = try await Called(app: app.context())
        return try await call(function, method, target, as: cookie, headers: headers, body: body, route: route)
    }

    /// Calls a function that is already made.
    func call(
        _ function: any HTTPFunction,
        _ method: HTTPMethod = .get,
        _ target: String = "/",
        as cookie: String? = nil,
        headers: HTTPFields = [:],
        body: String = "",
        route: [String: String] = [:]
    ) async throws -> Answer {
        let parts = target.split(separator: "?", maxSplits: 1)
        var request = HTTPRequest(
            method: method,
            path: String(parts[0]),
            query: parts.count > 1 ? String(parts[1]) : nil,
            headers: headers,
            body: HTTPBody(body),
            routeValues: route
        )
        if let cookie { request.headers["Cookie"] = cookie }
        let response: HTTPResponse
        do {
            response = try await function.respond(to: request, context: app.invocation())
        } catch let error as any HTTPResponseError {
            response = error.response
        }
        let bytes = try await response.body.collect()
        return Answer(
            status: response.status.rawValue,
            headers: response.headers,
            text: String(decoding: bytes, as: UTF8.self)
        )
    }

    /// Fires a timer function once, moving the clock whenever somebody sleeps on it.
    func fire<Timer: TimerFunction>(_ type: Timer.Type, deadline: Timestamp? = nil) async throws {
        let function = try await Timer(app: app.context())
        let logger = app.invocation().logger
        let context = InvocationContext(
            invocationID: InvocationID(high: 1, low: 2),
            functionName: "timer",
            deadline: deadline,
            logger: logger
        )
        try await pumping(app.clock) { try await function.fire(TimerInfo(), context: context) }
    }
}

/// A response with its body read.
struct Answer {
    var status: Int
    var headers: HTTPFields
    var text: String
}

struct MissingFixture: Error {}

/// Runs `body` and moves the clock to the next sleeper as long as it runs, so that no test waits for real.
func pumping<Value: Sendable>(
    _ clock: ManualClock,
    _ body: @Sendable () async throws -> Value
) async throws -> Value {
    let pump = Task {
        while true {
            await clock.waitForSleepers()
            if Task.isCancelled { return }
            if let pause = clock.timeToNextSleeper { clock.advance(by: pause) }
            await Task.yield()
        }
    }
    let result: Result<Value, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    pump.cancel()
    // The pump waits for a sleeper; this one lets it see that it is over.
    let waker = Task { try await clock.sleep(for: .seconds(1)) }
    await pump.value
    waker.cancel()
    return try result.get()
}
