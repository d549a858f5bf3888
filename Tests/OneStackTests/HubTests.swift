import Crypto
import FoundationEssentials
import FunctionKit
import FunctionTesting
import StackHubSSO
import StackState
import StackTechnician
import Testing

/// The Hub's tokens, and what the PSA says about people.
struct HubTests {
    private struct Claims: Decodable, Equatable {
        var context, sub, email, name, tenant_id, tenant_slug, client_id, access_level: String
        var psa_contact_id, psa_company_id, jti: String
        var iat, exp: Int64
    }

    private func signIn(_ app: TestApp, _ person: String) async throws -> Answer {
        try await app.call(StackHubSSO.self, HTTPRequest(path: "/hub/sso/x", routeValues: ["person": person]))
    }

    @Test func tokenHasTheAgreedShape() async throws {
        let app = TestApp.sandbox()
        let answer = try await signIn(app, "dana")
        #expect(answer.status == 302)
        #expect(answer.headers["Referrer-Policy"] == "no-referrer")
        let location = try #require(answer.headers["Location"])
        let start = "http://portal.test/api/auth/client-hub-sso?token="
        #expect(location.hasPrefix(start))
        let parts = location.dropFirst(start.count).split(separator: ".")
        #expect(parts.count == 3)
        #expect(base64URLBytes(parts[0]) == Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
        let signed = "\(parts[0]).\(parts[1])"
        #expect(parts[2] == base64URLText(hmacSHA256(key: "sso-secret".utf8, signed.utf8)))
        let claims = try JSONDecoder().decode(Claims.self, from: Data(try #require(base64URLBytes(parts[1]))))
        #expect(claims.context == "client_portal")
        #expect(claims.email == "dana@borealis.example")
        #expect(
            [claims.tenant_id, claims.tenant_slug, claims.client_id] == ["tnt_acme", "acme-msp", "borealis-bakery"]
        )
        #expect(claims.access_level == "own")
        #expect(claims.psa_contact_id == "psa_contact_dana" && claims.psa_company_id == "psa_borealis")
        #expect(claims.iat == app.clock.now.seconds)
        #expect(claims.exp - claims.iat > 0 && claims.exp - claims.iat <= 70)
        #expect(!claims.jti.isEmpty)
        #expect(try await signIn(app, "dana").headers["Location"] != location)
    }

    @Test(arguments: ["", "nobody", "../dana", "\u{0}"])
    func unknownPersonIsMissing(person: String) async throws {
        #expect(try await signIn(TestApp.sandbox(), person).status == 404)
    }

    @Test(arguments: ["PORTAL_CLIENT_SSO_SECRET", "PORTAL_URL"])
    func missingSettingIsNamed(name: String) async throws {
        var settings = sandboxSettings
        settings[name] = nil
        let answer = try await signIn(TestApp(settings: settings), "dana")
        #expect(answer.status == 503)
        #expect(answer.text.contains(name))
    }

    @Test func accessIsToldToThePortal() async throws {
        let portal = ScriptedHTTPClient { _ in .json(#"{"user_id":"u","status":"disabled"}"#) }
        let app = TestApp.sandbox(http: portal)
        let answer = try await app.call(StackTechnician.self, .operate("access", #"{"person":"sam","enabled":false}"#))
        #expect(answer.status == 200)
        let exchange = try #require(portal.exchanges.first)
        #expect(exchange.request.url == "http://portal.test/api/internal/portal-access")
        #expect(exchange.request.headers["Authorization"] == "Bearer psa-key")
        #expect(exchange.text.contains(#""enabled":false"#))
        #expect(exchange.text.contains(#""access_level":"company_admin""#))
        #expect(exchange.text.contains(#""company":{"id":"psa_borealis","name":"Borealis Bakery"}"#))
    }

    /// `seed/` and the sandbox's people must tell the same story.
    @Test func seedFilesMatchThePeople() async throws {
        struct Line: Decodable {
            var id: String
            var tenant_id: String?
            var psa_company_id: String?
        }
        struct State: Decodable {
            struct Person: Decodable {
                var tenant_id, tenant_slug, client_id, psa_company_id: String
            }
            var people: [Person]
        }
        func seed(_ name: String) throws -> [Line] {
            let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            let text = String(
                decoding: try Data(contentsOf: folder.appending(path: "Apps/one-stack/seed/\(name)")),
                as: UTF8.self
            )
            return try text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        }
        let people = try await TestApp.sandbox().call(StackState.self, HTTPRequest(path: "/sandbox/state"))
            .json(State.self).people
        let tenants = try seed("_portal/tenants.jsonl")
        #expect(people.count == 3)
        for person in people {
            #expect(tenants.contains { $0.id == person.tenant_slug && $0.tenant_id == person.tenant_id })
            let companies = try seed("\(person.tenant_slug)/companies.jsonl")
            #expect(companies.contains { $0.id == person.client_id && $0.psa_company_id == person.psa_company_id })
        }
    }
}
