import FunctionKit
import FunctionTesting
import Portal
import Testing

/// How the tenant of a request is found before anybody has signed in.
struct TenantDirectoryTests {
    @Test(
        arguments: [
            (nil, "acme-msp.example", "acme-msp"), (nil, "ACME-MSP.example:8443", "acme-msp"),
            ("globex-msp", "acme-msp.example", "globex-msp"), ("nobody", "acme-msp.example", nil),
            ("", "acme-msp.example", nil),
            ("_portal", nil, nil), ("ACME-MSP", nil, nil), ("../acme-msp", nil, nil), (nil, nil, nil),
            (nil, "[::1]:7071", nil),
            (nil, "example", nil), (nil, "x.acme-msp.example", nil),
        ] as [(String?, String?, String?)]
    )
    func finds(_ slug: String?, _ host: String?, _ expected: String?) async throws {
        let world = try await PortalWorld()
        var request = HTTPRequest(path: "/", query: slug.map { "tenant=" + percentEncoded($0) })
        request.headers["Host"] = host
        #expect(try await world.portal().tenants.active(for: request)?.slug == expected)
    }

    @Test func readsAnImportedTenant() async throws {
        let world = try await PortalWorld()
        let key = DocumentKey(try CollectionName("tenants"), try DocumentID("plain"))
        let body = #"{"tenant_id":7,"slug":"plain"}"#
        _ = try await world.app.store.system("_portal").partition.commit(
            WriteBatch([.init(key, .create(.init(body: Array(body.utf8))))])
        )
        let tenant = try #require(try await world.portal().tenants.active(slug: "plain", tenantID: "7"))
        #expect(tenant.name == "plain")
        #expect(tenant.orgType == .msp)
        #expect(tenant.status == .active)
        #expect(try await world.portal().tenants.active(slug: "plain", tenantID: "t-acme-msp") == nil)
        #expect(try await world.portal().tenants.active(tenantID: "t-acme-msp")?.slug == "acme-msp")
    }
}
