import FunctionKit
import Testing

@testable import Portal

/// The bytes of an `.eml` file.
struct MailMIMETests {
    private func message(name: String = "Dana", subject: String = "Hello", text: String = "Hi") throws -> String {
        let email = Email(
            to: try Mailbox(name: name, address: "dana@northwind.example"),
            subject: subject,
            text: text,
            html: "<p>Hi</p>"
        )
        let message = MIMEMessage(
            email: email,
            from: try Mailbox(name: "Acme \"IT\"", address: "portal@acme.example"),
            id: "01",
            date: Timestamp(seconds: 1_767_225_600)
        )
        return String(decoding: message.bytes, as: UTF8.self)
    }

    @Test func bothFormsAreAlternatives() throws {
        let lines = [
            "From: \"Acme \\\"IT\\\"\" <portal@acme.example>",
            "To: \"Dana\" <dana@northwind.example>",
            "Subject: Hello",
            "Date: Thu, 01 Jan 2026 00:00:00 +0000",
            "Message-ID: <01@acme.example>",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative; boundary=\"=_01\"",
            "",
            "--=_01",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            "Hi",
            "--=_01",
            "Content-Type: text/html; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            "<p>Hi</p>",
            "--=_01--",
            "",
        ]
        #expect(try message() == lines.joined(separator: "\r\n"))
    }

    @Test func lineBreaksInNamesAndSubjectsStartNoHeader() throws {
        let text = try message(name: "Dana\r\nBcc: eve@x.example", subject: "Hello\r\nBcc: eve@x.example\u{2028}x")
        let headers = text.split(separator: "\r\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }
        #expect(!headers.contains { $0.hasPrefix("Bcc") })
        #expect(headers.contains("To: \"Dana  Bcc: eve@x.example\" <dana@northwind.example>"))
        #expect(headers.contains("Subject: Hello  Bcc: eve@x.example x"))
    }

    @Test(arguments: [
        ("Grüße", "=?UTF-8?B?R3LDvMOfZQ==?="),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "=?UTF-8?B?PT9VVEYtOD9CP1IzTER2TU9mWlE9PT89?="),
        (
            String(repeating: "é", count: 22),
            "=?UTF-8?B?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOp?=\r\n =?UTF-8?B?w6k=?="
        ),
        ("", ""),
    ])
    func subjectsBeyondASCIIAreEncodedWords(subject: String, encoded: String) {
        #expect(HeaderEncoding.unstructured(subject) == encoded)
    }

    @Test(arguments: [
        ("a=b", "a=3Db"), ("é", "=C3=A9"), ("a \nb\t", "a=20\r\nb=09"), ("a\rb\r\nc", "a\r\nb\r\nc"),
        (String(repeating: "x", count: 75), String(repeating: "x", count: 75)),
        (String(repeating: "x", count: 76), String(repeating: "x", count: 75) + "=\r\nx"),
        ("\u{0}", "=00"),
    ])
    func quotedPrintable(text: String, encoded: String) {
        #expect(QuotedPrintable.encoded(text) == encoded)
    }

    @Test func noLineIsLongerThanTheStandardAllows() throws {
        let text = try message(
            name: String(repeating: "Ünä ", count: 40),
            subject: String(repeating: "Long ", count: 60),
            text: String(repeating: "é", count: 500)
        )
        for line in text.split(separator: "\r\n") { #expect(line.utf8.count <= 100) }
    }

    @Test func htmlIsEscaped() {
        #expect(htmlEscaped("<a href=\"x\">'&'</a>") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;")
    }
}
