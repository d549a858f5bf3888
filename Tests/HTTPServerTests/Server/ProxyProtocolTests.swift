import FunctionKit
import FunctionTesting
import Testing

@testable import HTTPServer

/// PROXY headers on real sockets, before plain HTTP and before TLS.
@Suite struct ProxyProtocolTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    private static let line = "PROXY TCP4 203.0.113.9 10.0.0.1 4711 443\r\n"

    /// Runs a server whose port expects PROXY headers.
    private func withProxyPort(
        trusted: [String] = [],
        log: RecordingLog = RecordingLog(),
        credentials: TLSCredentials? = nil,
        _ change: (inout HTTPServerConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (Int) throws -> Void
    ) async throws {
        var socket = try ListeningSocket(address: "127.0.0.1", port: 0, backlog: 8)
        socket.expectsProxyHeader = true
        let proxies = try TrustedProxies(trusted)
        try await withRunningServer(
            {
                $0.trustedProxies = proxies
                change(&$0)
            },
            log: log,
            credentials: credentials,
            sockets: [socket],
            responder: { .text("\($0.remoteAddress) \($0.scheme.rawValue)") }
        ) { port, _ in try await blocking { try body(port) } }
    }

    @Test(arguments: [
        (line, "203.0.113.9 http"), ("PROXY UNKNOWN\r\n", "127.0.0.1 http"),
        ("PROXY TCP6 2001:db8::7 ::1 1 2\r\n", "2001:db8::7 http"),
    ])
    func theHeaderTellsThePeer(header: String, expected: String) async throws {
        try await withProxyPort { port in
            for isSplit in [false, true] {
                let client = try TestClient(port: port)
                if isSplit {
                    for byte in header.utf8 { try client.send([byte]) }
                    try client.send(Self.get)
                } else {
                    try client.send(header + Self.get)
                }
                #expect(try client.readToEnd().hasSuffix("\r\n\r\n" + expected))
            }
        }
    }

    @Test func theHeaderComesBeforeTLS() async throws {
        let certificate = try TestCertificate()
        try await withProxyPort(credentials: TLSCredentials(certificate.source)) { port in
            let client = try TLSTestClient(port: port, prefix: Self.line)
            try client.send(Self.get)
            #expect(try client.readToEnd().hasSuffix("203.0.113.9 https"))
        }
    }

    /// HAProxy's own words of a client that it served by TLS.
    @Test func bytesTellOfTLS() async throws {
        try await withProxyPort { port in
            let client = try TestClient(port: port)
            try client.send(
                [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x21, 0x11, 0, 20]
                    + [203, 0, 113, 9, 10, 0, 0, 1, 0x12, 0x34, 1, 0xBB, 0x20, 0, 5, 1, 0, 0, 0, 0]
            )
            try client.send(Self.get)
            #expect(try client.readToEnd().hasSuffix("203.0.113.9 https"))
        }
    }

    @Test(arguments: [get, "PROXY TCP4 203.0.113.9\r\n" + get, "PROXY", "\r\n\r\n\0\r\nQUIT\n\u{31}"])
    func withoutAHeaderTheConnectionEnds(bytes: String) async throws {
        let log = RecordingLog()
        try await withProxyPort(log: log) { port in
            let client = try TestClient(port: port)
            try client.send(bytes)
            client.endSending()
            // An end, or a reset that throws.
            #expect((try? client.readToEnd()) ?? "" == "")
        }
        let reasons = [
            Self.get: "it does not begin with a PROXY header", "PROXY": "its PROXY header is not complete",
            "PROXY TCP4 203.0.113.9\r\n" + Self.get: "its PROXY line is malformed",
        ]
        let words = "A connection was closed, the last one from 127.0.0.1: \(reasons[bytes] ?? "its PROXY")"
        #expect(log.records.count { $0.message.hasPrefix(words) } == 1)
    }

    /// Nobody fills the log by what takes no more than a connection.
    @Test func manyOfAKindHaveOneLine() async throws {
        for trusted in [[], ["10.0.0.0/8"]] {
            let log = RecordingLog()
            try await withProxyPort(trusted: trusted, log: log) { port in
                for _ in 0..<100 {
                    let client = try TestClient(port: port)
                    try? client.send("X")
                    #expect((try? client.readToEnd()) ?? "" == "")
                }
            }
            // One a second of each of the two loops.
            let lines = log.records.count { $0.message.contains("closed, the last one from 127.0.0.1: ") }
            #expect((1...20).contains(lines))
        }
    }

    @Test func aHeaderHasTheTimeOfAHeader() async throws {
        try await withProxyPort({ $0.headerTime = .milliseconds(300) }) { port in
            let silent = try TestClient(port: port)
            let half = try TestClient(port: port)
            try half.send("PROXY TC")
            #expect(try silent.readToEnd() == "")
            #expect((try? half.readToEnd()) ?? "" == "")
        }
    }

    @Test func onlyNamedProxiesAreServed() async throws {
        let log = RecordingLog()
        try await withProxyPort(trusted: ["10.0.0.0/8"], log: log) { port in
            let client = try TestClient(port: port)
            #expect((try? client.readToEnd()) ?? "" == "")
        }
        #expect(
            log.records.contains {
                $0.message.hasPrefix(
                    "A connection was closed, the last one from 127.0.0.1: this listener serves proxies"
                )
            }
        )
        try await withProxyPort(trusted: ["127.0.0.1"]) { port in
            let client = try TestClient(port: port)
            try client.send(
                Self.line + "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1\r\nConnection: close\r\n\r\n"
            )
            #expect(try client.readToEnd().hasSuffix("203.0.113.9 http"))
            // A chain of two: the one behind it is a proxy by name as well.
            let chained = try TestClient(port: port)
            try chained.send(
                "PROXY TCP4 127.0.0.1 10.0.0.1 4711 443\r\nGET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1\r\n"
                    + "X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
            )
            #expect(try chained.readToEnd().hasSuffix("1.1.1.1 https"))
        }
    }
}
