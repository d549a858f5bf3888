import FunctionKit
import Testing

@testable import FunctionHost

/// Which pages of other origins may call the host (`Host.CORS`).
struct CrossOriginPolicyTests {
    private func policy(_ origins: [String], credentials: Bool = false) -> CrossOriginPolicy {
        var options = LocalHostOptions()
        options.corsOrigins = origins
        options.corsCredentials = credentials
        return CrossOriginPolicy(options)
    }

    private func request(_ origin: String?, method: HTTPMethod = .get, headers: HTTPFields = [:]) -> HTTPRequest {
        var request = HTTPRequest(method: method, path: "/api/x", headers: headers)
        if let origin { request.headers.append("Origin", origin) }
        return request
    }

    @Test(arguments: [
        ([String](), "https://a.example", nil), (["https://a.example"], "https://a.example", "https://a.example"),
        (["https://a.example"], "HTTPS://A.example", "HTTPS://A.example"),
        (["https://a.example"], "https://b.example", nil),
        (["https://a.example"], nil, nil), (["*"], "https://b.example", "*"), (["https://a.example"], "null", nil),
        (["https://a.example"], "https://a.example.evil", nil),
    ])
    func allowsTheOriginsThatAreNamed(origins: [String], origin: String?, expected: String?) {
        var response = HTTPResponse()
        policy(origins).allow(request(origin), to: &response)
        #expect(response.headers["Access-Control-Allow-Origin"] == expected)
        #expect(response.headers["Access-Control-Allow-Credentials"] == nil)
    }

    @Test(arguments: [
        (["https://*.example.com"], "https://a.example.com", true),
        (["https://*.example.com"], "https://A.Example.com:443", true),
        (["https://*.example.com"], "https://a.b.example.com", false),
        (["https://*.example.com"], "https://example.com", false),
        (["https://*.example.com"], "https://.example.com", false),
        (["https://*.example.com"], "https://a.example.com.evil", false),
        (["https://*.example.com"], "https://evilexample.com", false),
        (["https://*.example.com"], "http://a.example.com", false),
        (["https://*.example.com"], "https://a.example.com:8443", false),
        (["https://*.example.com"], "https://*.example.com", false),
        (["https://a.example:443/"], "https://a.example", true), (["http://a.example:80"], "http://a.example", true),
        (["https://a.example:80"], "https://a.example", false), (["http://[::1]:3000"], "http://[::1]:3000", true),
        (["null"], "null", true), (["https://a.example"], "https://a.example/path", false),
        (["https://a.example"], "https://user@a.example", false), (["https://a.example"], "", false),
        (["https://*.*.example"], "https://a.b.example", false), (["*.example.com"], "https://a.example.com", false),
    ])
    func aRuleMeansItsOriginsAlone(origins: [String], origin: String, isAllowed: Bool) {
        var response = HTTPResponse()
        policy(origins).allow(request(origin), to: &response)
        #expect(response.headers["Access-Control-Allow-Origin"] == (isAllowed ? origin : nil))
    }

    @Test(arguments: [nil, "https://a.example", "https://b.example"] as [String?])
    func cachesLearnThatTheOriginMatters(origin: String?) {
        var response = HTTPResponse()
        policy(["https://a.example"]).allow(request(origin), to: &response)
        #expect(response.headers.values(of: "Vary") == ["Origin"])
        var open = HTTPResponse()
        policy(["*"]).allow(request(origin), to: &open)
        #expect(open.headers["Vary"] == nil)
        var none = HTTPResponse()
        policy([]).allow(request(origin), to: &none)
        #expect(none.headers["Vary"] == nil)
    }

    @Test(arguments: ["*", "null"]) func anyoneNeverGetsCredentials(origin: String) {
        var response = HTTPResponse()
        policy([origin], credentials: true).allow(request("null"), to: &response)
        #expect(response.headers["Access-Control-Allow-Credentials"] == nil)
    }

    @Test func credentialsAreAllowedWhenTheSettingsSaySo() {
        var response = HTTPResponse()
        policy(["https://a.example"], credentials: true).allow(request("https://a.example"), to: &response)
        #expect(response.headers["Access-Control-Allow-Credentials"] == "true")
        #expect(response.headers["Vary"] == "Origin")
    }

    @Test func aFunctionDecidesForItself() {
        var response = HTTPResponse(headers: ["Access-Control-Allow-Origin": "https://c.example"])
        policy(["*"]).allow(request("https://a.example"), to: &response)
        #expect(response.headers.values(of: "Access-Control-Allow-Origin") == ["https://c.example"])
    }

    @Test func answersPreflightsOfAllowedOriginsAlone() {
        let asked: HTTPFields = ["Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "x-a"]
        let policy = policy(["https://a.example"])
        let answer = policy.preflight(request("https://a.example", method: .options, headers: asked))
        #expect(answer?.status == .noContent)
        #expect(answer?.headers["Access-Control-Allow-Methods"] == "PUT")
        #expect(answer?.headers["Access-Control-Allow-Headers"] == "x-a")
        #expect(policy.preflight(request("https://b.example", method: .options, headers: asked)) == nil)
        #expect(policy.preflight(request("https://a.example", method: .get, headers: asked)) == nil)
        #expect(policy.preflight(request("https://a.example", method: .options)) == nil)
    }
}
