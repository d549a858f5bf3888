import FunctionKit
import FunctionTesting
import Testing

@testable import Portal

/// What e-mail providers receive, and which one does.
struct MailTests {
    static let ses = [
        "SES_FROM_ADDRESS": "portal@acme.example", "SES_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "very-secret-key",
    ]
    static let acs = [
        "ACS_CONNECTION_STRING":
            "endpoint=https://acme.communication.azure.com/;accesskey=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "ACS_FROM_ADDRESS": "portal@acme.example",
    ]

    private func email(to name: String = "Dana") throws -> Email {
        Email(
            to: try Mailbox(name: name, address: "dana@northwind.example"),
            senderName: "Acme IT",
            subject: "Hello",
            text: "Hi",
            html: "<p>Hi</p>",
            link: "http://localhost:7071/portal/documents/nda/sign"
        )
    }

    @Test(arguments: [
        ("dana@northwind.example", true), ("d.o'neil+tag@sub.northwind.example", true), ("", false), ("dana", false),
        ("@northwind.example", false), ("dana@", false), ("dana@localhost", false), ("dana@@x.example", false),
        (".dana@x.example", false), ("da..na@x.example", false), ("dana@-x.example", false), ("dana@x..example", false),
        ("dana @x.example", false), ("dana@x.example\r\nBcc: eve@x.example", false), ("\"dana\"@x.example", false),
        ("dana@x.example>", false), ("dänä@x.example", false),
        (String(repeating: "a", count: 65) + "@x.example", false),
    ])
    func addressesAreChecked(address: String, isValid: Bool) {
        #expect(Mailbox.isAddress(address) == isValid)
    }

    @Test func sesReceivesASignedRequest() async throws {
        let http = ScriptedHTTPClient { _ in .json(#"{"MessageId":"1"}"#) }
        let app = TestApp(settings: Self.ses, http: http)
        try await Mailer(app: app.context()).send(try email())
        let sent = try #require(http.exchanges.first)
        #expect(http.exchanges.count == 1)
        #expect(sent.request.method == .post)
        #expect(sent.request.url == "https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails")
        #expect(sent.request.awsSignature?.service == "ses")
        #expect(sent.request.awsSignature?.region == "eu-west-1")
        #expect(sent.request.awsSignature?.accessKeyID == "AKIDEXAMPLE")
        #expect(sent.request.awsSignature?.secretAccessKey == "very-secret-key")
        #expect(
            sent.text
                == #"{"Content":{"Simple":{"Body":{"Html":{"Charset":"UTF-8","Data":"<p>Hi</p>"},"#
                + #""Text":{"Charset":"UTF-8","Data":"Hi"}},"Subject":{"Charset":"UTF-8","Data":"Hello"}}},"#
                + #""Destination":{"ToAddresses":["dana@northwind.example"]},"#
                + #""FromEmailAddress":"\"Acme IT\" <portal@acme.example>"}"#
        )
        #expect(!app.log.text.contains("very-secret-key"))
    }

    @Test func acsReceivesTheSignatureOfTheConnectionString() async throws {
        let http = ScriptedHTTPClient { _ in .json("{}", status: .accepted) }
        let app = TestApp(settings: Self.acs, http: http)
        try await Mailer(app: app.context()).send(try email())
        let sent = try #require(http.exchanges.first)
        #expect(
            sent.request.url == "https://acme.communication.azure.com/emails:send?api-version=2023-03-31"
        )
        #expect(
            sent.text
                == #"{"content":{"html":"<p>Hi</p>","plainText":"Hi","subject":"Hello"},"recipients":{"to":"#
                + #"[{"address":"dana@northwind.example","displayName":"Dana"}]},"senderAddress":"portal@acme.example"}"#
        )
        // Computed with Python's hmac over the same body, date and key.
        #expect(sent.request.headers["x-ms-date"] == "Thu, 01 Jan 2026 00:00:00 GMT")
        #expect(sent.request.headers["x-ms-content-sha256"] == "cJDRyRmcbbqBXUVK2oP5DYDu26v9PlLi7Cot+ZsQyt0=")
        #expect(
            sent.request.headers["Authorization"]
                == "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=d3tqrUM1VdQoaIHnErkuI1iTIQ+GZ77oJsuC8ZKtbsw="
        )
    }

    @Test func acsTakesOverWhenSESFails() async throws {
        let http = ScriptedHTTPClient { exchange in
            exchange.request.url.contains("amazonaws")
                ? .json(#"{"message":"Email address is not verified."}"#, status: 400) : .json("{}", status: .accepted)
        }
        let app = TestApp(settings: Self.ses.merging(Self.acs) { $1 }, http: http)
        try await Mailer(app: app.context()).send(try email())
        #expect(http.exchanges.count == 2)
        #expect(app.log.text.contains("Amazon SES answered 400: {\"message\":\"Email address is not verified.\"}"))
    }

    @Test func aFailureOfTheLastProviderIsThrown() async throws {
        let app = TestApp(settings: Self.ses.merging(Self.acs) { $1 })
        let error = await #expect(throws: MailError.self) {
            try await Mailer(app: app.context()).send(try email())
        }
        #expect(error?.code == .providerFailed)
        #expect(error?.description.hasPrefix("Azure Communication Services could not be reached:") == true)
        for secret in ["very-secret-key", "MDEyMzQ1Njc4OWFi"] { #expect(!app.log.text.contains(secret)) }
        #expect(app.files.files.isEmpty)
    }

    @Test(arguments: [
        (
            ["SES_FROM_ADDRESS": "portal@acme.example"],
            "Amazon SES needs SES_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY too."
        ),
        (MailTests.ses.merging(["SES_FROM_ADDRESS": "nobody"]) { $1 }, "SES_FROM_ADDRESS is not an e-mail address."),
        (
            ["ACS_CONNECTION_STRING": "secret-nonsense"],
            "ACS_CONNECTION_STRING does not have the form 'endpoint=https://…/;accesskey=…'."
        ),
        (
            ["ACS_CONNECTION_STRING": MailTests.acs["ACS_CONNECTION_STRING"] ?? ""],
            "ACS_FROM_ADDRESS is missing or not an e-mail address."
        ),
    ])
    func halfSetProvidersAreNamed(settings: [String: String], problem: String) async throws {
        let app = TestApp(settings: settings)
        let mailer = Mailer(app: app.context())
        #expect(mailer.problems == [problem])
        #expect(!mailer.isConfigured)
        let error = await #expect(throws: MailError.self) { try await mailer.send(try email()) }
        #expect(error?.code == .notConfigured)
        #expect(error?.description.contains("secret-nonsense") == false)
    }

    @Test func withoutAProviderTheEmailIsAFileInDevelopment() async throws {
        let app = TestApp()
        try await Mailer(app: app.context()).send(try email())
        let file = try #require(app.files.files.first)
        #expect(file.key.hasPrefix("mail/20260101T000000Z-"))
        #expect(file.key.hasSuffix(".eml"))
        #expect(app.log.text.contains("link=http://localhost:7071/portal/documents/nda/sign"))
    }

    @Test func withoutAProviderProductionFails() async throws {
        var app = TestApp()
        app.environment.isDevelopment = false
        let mailer = Mailer(app: app.context())
        let error = await #expect(throws: MailError.self) { try await mailer.send(try email()) }
        #expect(error?.code == .notConfigured)
        #expect(app.files.files.isEmpty)
    }
}
