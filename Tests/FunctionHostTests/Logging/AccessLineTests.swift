import FunctionKit
import HTTPServer
import Testing

@testable import FunctionHost

/// Lines of the access log: what is in them, and that no client can forge or lengthen one.
struct AccessLineTests {
    private static let time = Timestamp(milliseconds: 1_795_905_013_042)

    private static func line(
        _ format: AccessLogFormat,
        secrets: [String] = [],
        _ change: (inout AccessEntry) -> Void = { _ in }
    ) -> String {
        var entry = AccessEntry()
        entry.remoteAddress = "192.0.2.7"
        entry.method = "GET"
        entry.path = "/api/hello"
        entry.status = 200
        entry.bodyBytes = 12
        entry.duration = .microseconds(1234)
        entry.requestID = "r1"
        change(&entry)
        let redactor = Redactor(secrets: secrets)
        let line = AccessLine(entry, at: time, format: format) { redactor.redact($0) }
        return String(decoding: line.bytes, as: UTF8.self)
    }

    @Test func aJSONLineHasItAll() {
        let line = Self.line(.json) {
            $0.userAgent = "curl/8"
            $0.referrer = "https://example.org/page"
        }
        #expect(
            line == #"{"time":"\#(Self.time)","level":"information","category":"Host.Access","#
                + #""remote_address":"192.0.2.7","method":"GET","path":"/api/hello","status":200,"bytes":12,"#
                + #""duration_us":1234,"complete":true,"request_id":"r1","user_agent":"curl/8","#
                + #""referrer":"https://example.org/page"}"# + "\n"
        )
    }

    @Test func aCombinedLineIsApaches() {
        let clock = AccessLine.commonTime(Self.time)
        #expect(
            Self.line(.combined) {
                $0.userAgent = "curl/8"
                $0.minorVersion = 0
            } == #"192.0.2.7 - - [\#(clock)] "GET /api/hello HTTP/1.0" 200 12 "-" "curl/8" 1234 "r1""# + "\n"
        )
        #expect(
            Self.line(.combined) {
                $0.method = ""
                $0.path = ""
                $0.status = 400
            } == #"192.0.2.7 - - [\#(clock)] "-" 400 12 "-" "-" 1234 "r1""# + "\n"
        )
    }

    @Test(arguments: [
        (0, "01/Jan/1970:00:00:00 +0000"), (951_782_400, "29/Feb/2000:00:00:00 +0000"),
        (1_795_905_013, "28/Nov/2026:22:30:13 +0000"),
    ]) func theTimeIsApaches(seconds: Int64, text: String) {
        #expect(AccessLine.commonTime(Timestamp(seconds: seconds)) == text)
    }

    static let forgeries = [
        "x\" 200 1 \"-\" \"-\"\n192.0.2.1 - - [..] \"GET /forged HTTP/1.1\" 200 1",
        "x\r\n{\"path\":\"/forged\"}", "\\\" \\n", "\u{1B}[2J\u{7F}\u{0}", "\u{85}\u{2028}\u{9B}", "",
    ]

    @Test(arguments: forgeries) func noClientCanForgeALine(text: String) throws {
        for format in AccessLogFormat.allCases {
            let line = Self.line(format) {
                $0.userAgent = text
                $0.referrer = text
                $0.requestID = text
                $0.path = "/\(text)"
            }
            #expect(line.utf8.filter { $0 == 0x0A }.count == 1)
            #expect(line.hasSuffix("\n"))
            #expect(!line.utf8.dropLast().contains { $0 < 0x20 })
            if format == .json { #expect(try LenientJSON.parse(Array(line.utf8)).members?.count == 13) }
            // Every quote that is not escaped is ours: three pairs and the name's.
            if format == .combined {
                var quotes = 0
                var isEscaped = false
                for byte in line.utf8 {
                    if byte == UInt8(ascii: "\""), !isEscaped { quotes += 1 }
                    isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                }
                #expect(quotes == 8)
                #expect(line.utf8.allSatisfy { $0 < 0x7F })
            }
        }
    }

    @Test(arguments: ["a", "\u{1}", "\"", "é", "\u{FFFD}"]) func aLineIsBounded(character: String) {
        let long = String(repeating: character, count: 100_000)
        for format in AccessLogFormat.allCases {
            let line = Self.line(format) {
                $0.userAgent = long
                $0.referrer = long
                $0.requestID = long
                $0.path = long
                $0.method = long
            }
            #expect(line.utf8.count <= AccessLine.bytesMax)
        }
    }

    @Test(arguments: [
        ("https://a/b?code=k", "https://a/b"), ("https://a/b#t=k", "https://a/b"),
        ("https://u:p@a/b@c", "https://a/b@c"),
        ("?x", ""), ("", ""), ("a@b", "a@b"), ("http://a", "http://a"), ("http://u@h", "http://h"),
    ]) func noSecretPartOfAReferrerIsWritten(referrer: String, written: String) {
        #expect(AccessLine.withoutSecretParts(referrer) == written)
    }

    @Test func secretsAreHiddenWhereverTheyAre() {
        for format in AccessLogFormat.allCases {
            let line = Self.line(format, secrets: ["abcdefgh12345"]) {
                $0.path = "/api/abcdefgh12345/x"
                $0.userAgent = "abcdefgh12345"
                $0.requestID = "abcdefgh12345"
            }
            #expect(!line.contains("abcdefgh12345"))
            #expect(line.contains("/api/[Hidden Credential]/x"))
        }
    }
}
