import FunctionKit
import Testing

@testable import FunctionHost

/// What the host itself says: home page, body limit, transport security.
struct FixedAnswerTests {
    @Test(
        arguments: [
            (nil, 104_857_600, false), ("1", 1, false), ("52428800", 52_428_800, false), (" 2048 ", 2048, false),
            ("", 104_857_600, true), ("0", 104_857_600, true), ("-1", 104_857_600, true), ("1e6", 104_857_600, true),
            ("100MB", 104_857_600, true), ("99999999999999999999", 104_857_600, true),
        ] as [(String?, Int, Bool)]
    ) func theBodyLimitIsASetting(text: String?, bytes: Int, isWarned: Bool) {
        let limit = BodySizeLimit.read(fallback: 104_857_600) { $0 == "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT" ? text : nil }
        #expect(limit.bytes == bytes)
        #expect((limit.warning != nil) == isWarned)
        if isWarned {
            #expect(
                limit.warning
                    == "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '\(text ?? "")' is not a whole number of bytes above 0, "
                    + "so 104857600 counts."
            )
        }
    }

    @Test(
        arguments: [
            ("GET", "/", nil, 200), ("HEAD", "/", nil, 200), ("GET", "/", "false", 200), ("GET", "/", "1", 200),
            ("GET", "/", "true", 204), ("GET", "/", "TRUE", 204), ("POST", "/", nil, nil), ("GET", "/x", nil, nil),
            ("GET", "//", nil, nil), ("GET", "", nil, nil),
        ] as [(String, String, String?, Int?)]
    ) func theHomePage(method: String, path: String, setting: String?, status: Int?) {
        let answer = HomePage.answer(
            to: HTTPRequest(method: HTTPMethod(rawValue: method), path: path),
            isDisabled: HomePage.isDisabled { $0 == "AzureWebJobsDisableHomepage" ? setting : nil }
        )
        #expect(answer?.status.rawValue == status)
        #expect(answer?.body.isEmpty == (status == nil ? nil : status == 204))
    }

    struct Row: Sendable {
        var host: String? = "app.example"
        var scheme = HTTPScheme.https
        var forwardedHost: String?
        var own: String?
        var field: String?
    }

    @Test(arguments: [
        Row(field: "max-age=2592000"),
        Row(host: nil, field: "max-age=2592000"),
        Row(host: "app.example:8443", field: "max-age=2592000"),
        Row(scheme: .http, field: nil),
        Row(host: "10.0.0.1", forwardedHost: "no.example", field: nil),
        Row(host: "no.example", forwardedHost: "app.example", field: "max-age=2592000"),
        Row(host: "localhost", field: nil),
        Row(host: "LOCALHOST:7071", field: nil),
        Row(host: "127.0.0.1:7071", field: nil),
        Row(host: "[::1]:7071", field: nil),
        Row(host: "no.example", field: nil),
        Row(host: "sub.no.example", field: "max-age=2592000"),
        Row(own: "max-age=1", field: "max-age=1"),
    ]) func transportSecurity(_ row: Row) throws {
        var options = HSTSOptions()
        options.excludedHosts = ["NO.example"]
        var request = HTTPRequest(path: "/")
        if let host = row.host { request.headers.append("Host", host) }
        request.scheme = row.scheme
        request.forwardedHost = row.forwardedHost
        // What a client writes itself says nothing.
        request.headers.append("X-Forwarded-Proto", row.scheme == .https ? "http" : "https")
        var response = HTTPResponse()
        if let own = row.own { response.headers.append("Strict-Transport-Security", own) }
        TransportSecurity(options)?.apply(to: &response, for: request)
        #expect(response.headers.values(of: "Strict-Transport-Security") == (row.field.map { [$0] } ?? []))
    }

    @Test func theFieldTellsEverything() throws {
        var options = HSTSOptions()
        options.maxAge = .milliseconds(1500)
        options.includeSubDomains = true
        #expect(TransportSecurity(options)?.value == "max-age=1; includeSubDomains")
        options.preload = true
        #expect(TransportSecurity(options)?.value == "max-age=1; includeSubDomains; preload")
        #expect(TransportSecurity(nil) == nil)
    }
}
