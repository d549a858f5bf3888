import FunctionKit
import FunctionTesting
import Portal
import PortalLogout
import PortalTickets
import Testing

/// Which pages may call the portal with a user's cookie.
struct OriginTests {
    struct Row: Sendable {
        var name: String
        var headers: [String: String]
        var status: Int
        var allows: String?
    }

    static let host = ["Host": "portal.example"]

    static let unsafe: [Row] = [
        Row(name: "no browser", headers: [:], status: 204, allows: nil),
        Row(
            name: "own page",
            headers: ["Origin": "https://portal.example"],
            status: 204,
            allows: "https://portal.example"
        ),
        Row(
            name: "named origin",
            headers: ["Origin": "https://app.example"],
            status: 204,
            allows: "https://app.example"
        ),
        Row(
            name: "tenant's domain",
            headers: ["Origin": "https://acme-msp.example"],
            status: 204,
            allows: "https://acme-msp.example"
        ),
        Row(name: "foreign", headers: ["Origin": "https://evil.example"], status: 403, allows: nil),
        Row(name: "null", headers: ["Origin": "null"], status: 403, allows: nil),
        Row(name: "empty", headers: ["Origin": ""], status: 403, allows: nil),
        Row(name: "a prefix", headers: ["Origin": "https://app.example.evil.example"], status: 403, allows: nil),
        Row(name: "a suffix", headers: ["Origin": "https://evil-app.example"], status: 403, allows: nil),
        Row(name: "other scheme", headers: ["Origin": "http://app.example"], status: 403, allows: nil),
        Row(name: "other port", headers: ["Origin": "https://app.example:8443"], status: 403, allows: nil),
        Row(name: "a user part", headers: ["Origin": "https://app.example@evil.example"], status: 403, allows: nil),
        Row(name: "a path", headers: ["Origin": "https://app.example/x"], status: 403, allows: nil),
        Row(
            name: "same host",
            headers: ["Origin": "http://localhost:7071", "Host": "localhost:7071"],
            status: 204,
            allows: "http://localhost:7071"
        ),
        Row(name: "cross-site", headers: ["Sec-Fetch-Site": "cross-site"], status: 403, allows: nil),
        Row(name: "cross-site in capitals", headers: ["Sec-Fetch-Site": "Cross-Site"], status: 403, allows: nil),
        Row(
            name: "cross-site from a named origin",
            headers: ["Sec-Fetch-Site": "cross-site", "Origin": "https://app.example"],
            status: 403,
            allows: "https://app.example"
        ),
        Row(name: "same-origin", headers: ["Sec-Fetch-Site": "same-origin"], status: 204, allows: nil),
        Row(name: "same-site", headers: ["Sec-Fetch-Site": "same-site"], status: 204, allows: nil),
    ]

    @Test(arguments: unsafe.indices)
    func unsafeWithASession(_ row: Int) async throws {
        let row = Self.unsafe[row]
        let world = try await PortalWorld()
        let cookie = try await world.cookie(for: "eric")
        let headers = HTTPFields(row.headers.map { .init(name: $0.key, value: $0.value) })
        let answer = try await world.call(PortalLogout.self, .post, as: cookie, headers: headers)
        #expect(answer.status == row.status, "\(row.name)")
        #expect(answer.headers["Access-Control-Allow-Origin"] == row.allows, "\(row.name)")
        #expect((answer.headers["Access-Control-Allow-Credentials"] == "true") == (row.allows != nil))
        #expect(answer.headers["Vary"] == "Origin")
        #expect(answer.headers["Cache-Control"] == "no-store")
        #expect(try await world.store().collection(.sessions).page().items.isEmpty == (row.status == 204))
    }

    @Test func aForeignPageWithoutTheCookieIsNoForgery() async throws {
        let world = try await PortalWorld()
        let answer = try await world.call(PortalLogout.self, .post, headers: ["Origin": "https://evil.example"])
        #expect(answer.status == 204)
        #expect(answer.headers["Access-Control-Allow-Origin"] == nil)
    }

    @Test func readingFromAForeignPageIsAnsweredWithoutLeave() async throws {
        let world = try await PortalWorld()
        let cookie = try await world.cookie(for: "eric")
        let answer = try await world.call(PortalTickets.self, as: cookie, headers: ["Origin": "https://evil.example"])
        #expect(answer.status == 200)
        #expect(answer.headers["Access-Control-Allow-Origin"] == nil)
    }

    @Test func oneTenantsPageCannotUseAnothersSession() async throws {
        let world = try await PortalWorld()
        let cookie = try await world.cookie(for: "eric")
        let origin: HTTPFields = ["Origin": "https://globex-msp.example"]
        #expect(try await world.call(PortalTickets.self, as: cookie, headers: origin).status == 403)
        let own: HTTPFields = ["Origin": "https://acme-msp.example"]
        #expect(try await world.call(PortalTickets.self, as: cookie, headers: own).status == 200)
    }

    @Test func preflight() async throws {
        let world = try await PortalWorld()
        let ask: HTTPFields = ["Origin": "https://app.example", "Access-Control-Request-Method": "POST"]
        let answer = try await world.call(PortalTickets.self, .options, headers: ask)
        #expect(answer.status == 204)
        #expect(answer.headers["Access-Control-Allow-Origin"] == "https://app.example")
        #expect(answer.headers["Access-Control-Allow-Methods"]?.contains("POST") == true)
        #expect(answer.headers["Access-Control-Allow-Headers"]?.contains("Content-Type") == true)
        let foreign: HTTPFields = ["Origin": "https://evil.example", "Access-Control-Request-Method": "POST"]
        let refused = try await world.call(PortalTickets.self, .options, headers: foreign)
        #expect(refused.status == 204)
        #expect(refused.headers["Access-Control-Allow-Origin"] == nil)
        #expect(refused.headers["Access-Control-Allow-Methods"] == nil)
    }

    @Test func aSuspendedTenantsDomainIsForeignSoonAfter() async throws {
        let world = try await PortalWorld()
        let origin: HTTPFields = ["Origin": "https://globex-msp.example"]
        let function = try await PortalLogout(app: world.app.context())
        let before = try await world.call(function, .post, headers: origin)
        #expect(before.headers["Access-Control-Allow-Origin"] != nil)
        let tenants = try world.app.store.system("_portal").collection(.tenants)
        try await tenants.update("globex-msp") { $0.status = .init(rawValue: "suspended") }
        world.app.clock.advance(by: .seconds(5))
        let after = try await world.call(function, .post, headers: origin)
        #expect(after.headers["Access-Control-Allow-Origin"] == nil)
    }
}
