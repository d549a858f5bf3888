import FunctionKit
import FunctionTesting
import Testing

@testable import HTTPServer

/// What is agreed on with OpenSSL's own client.
@Suite struct HandshakeTests {
    /// What the client prints that asks for a page with these options.
    private func talk(_ certificate: TestCertificate, _ port: Int, _ options: String) throws -> String {
        try shell(
            "printf 'GET / HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' | timeout 60 openssl s_client "
                + "-connect 127.0.0.1:\(port) -servername localhost -CAfile '\(certificate.certificate)' -ign_eof \(options)"
        )
    }

    struct Row: Sendable {
        var options: String
        var says: [String]
    }

    @Test(arguments: [
        Row(
            options: "",
            says: ["New, TLSv1.3, Cipher is TLS_", "Verify return code: 0 (ok)", "No ALPN negotiated", "hello, world"]
        ),
        Row(options: "-tls1_3", says: ["New, TLSv1.3", "hello, world", "Server Temp Key: X25519"]),
        Row(
            options: "-tls1_2",
            says: [
                "New, TLSv1.2, Cipher is ECDHE-", "hello, world", "Secure Renegotiation IS supported",
                "Compression: NONE",
            ]
        ),
        Row(options: "-tls1_1 -cipher ALL:@SECLEVEL=0", says: ["alert protocol version"]),
        Row(options: "-tls1 -cipher ALL:@SECLEVEL=0", says: ["alert protocol version"]),
        Row(
            options: "-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256",
            says: ["Cipher is ECDHE-ECDSA-AES128-GCM-SHA256"]
        ),
        Row(
            options: "-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305",
            says: ["Cipher is ECDHE-ECDSA-CHACHA20-POLY1305"]
        ),
        Row(options: "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256", says: ["handshake failure"]),
        Row(options: "-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA", says: ["handshake failure"]),
        Row(options: "-tls1_2 -cipher AES128-GCM-SHA256", says: ["handshake failure"]),
        Row(options: "-tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256", says: ["handshake failure"]),
        Row(options: "-alpn http/1.1", says: ["ALPN protocol: http/1.1", "hello, world"]),
        Row(options: "-alpn h2,http/1.1", says: ["ALPN protocol: http/1.1", "hello, world"]),
        Row(options: "-alpn h2", says: ["alert no application protocol"]),
        Row(options: "-alpn http/1.10,http/1", says: ["alert no application protocol"]),
    ]) func isAgreedOn(row: Row) async throws {
        let certificate = try TestCertificate()
        try await withServer(credentials: TLSCredentials(certificate.source)) { port in
            let output = try talk(certificate, port, row.options)
            for text in row.says { #expect(output.contains(text), "\(output)") }
        }
    }

    @Test(arguments: ["-tls1_3", "-tls1_2"])
    func aSessionIsResumed(version: String) async throws {
        let certificate = try TestCertificate()
        let credentials = try TLSCredentials(certificate.source)
        try await withServer(credentials: credentials) { port in
            let file = "\(certificate.folder.path)/session"
            #expect(try talk(certificate, port, "\(version) -sess_out \(file)").contains("New, TLS"))
            #expect(try talk(certificate, port, "\(version) -sess_in \(file)").contains("Reused, TLS"))
            // The keys of tickets outlast the certificate.
            _ = try credentials.reload()
            #expect(try talk(certificate, port, "\(version) -sess_in \(file)").contains("Reused, TLS"))
        }
        // Another process, or here another server, cannot open what this one has sealed.
        try await withServer(credentials: TLSCredentials(certificate.source)) { port in
            let file = "\(certificate.folder.path)/session"
            let output = try talk(certificate, port, "\(version) -sess_in \(file)")
            #expect(output.contains("New, TLS") && output.contains("hello, world"), "\(output)")
        }
    }

    @Test func aNewCertificateIsForNewConnections() async throws {
        let certificate = try TestCertificate()
        let credentials = try TLSCredentials(certificate.source)
        try await withServer(credentials: credentials) { port in
            let before = try TLSTestClient(port: port)
            try certificate.make(name: "renewed")
            _ = try credentials.reload()
            #expect(try talk(certificate, port, "").contains("subject=CN = renewed"))
            try certificate.run("mv cert.pem sound.pem && echo broken > cert.pem")
            #expect(throws: TLSError.self) { try credentials.reload() }
            // The client needs the sound one.
            try certificate.run("mv sound.pem cert.pem")
            #expect(try talk(certificate, port, "").contains("subject=CN = renewed"))
            try before.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try before.readToEnd().hasSuffix("hello, world"))
        }
    }

    @Test func thoseWhoVouchAreSent() async throws {
        let certificate = try TestCertificate()
        try certificate.run(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout rootkey.pem -out root.pem -days 9 \
            -subj /CN=root && \
            printf 'basicConstraints=critical,CA:TRUE' > ca.ext && \
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout midkey.pem -out mid.csr -subj /CN=mid && \
            openssl x509 -req -in mid.csr -CA root.pem -CAkey rootkey.pem -CAcreateserial -days 9 -extfile ca.ext -out mid.pem && \
            openssl req -new -key key.pem -out leaf.csr -subj /CN=localhost && \
            openssl x509 -req -in leaf.csr -CA mid.pem -CAkey midkey.pem -CAcreateserial -days 30 -out leaf.pem && \
            cat leaf.pem mid.pem > cert.pem && \
            openssl pkcs12 -export -in leaf.pem -inkey key.pem -certfile mid.pem -passout pass:x -out all.pfx && chmod 600 all.pfx
            """
        )
        for source in [
            certificate.source, TLSCertificate(path: "\(certificate.folder.path)/all.pfx", password: "x"),
        ] {
            try await withServer(credentials: TLSCredentials(source)) { port in
                let output = try shell(
                    "timeout 60 openssl s_client -connect 127.0.0.1:\(port) -CAfile '\(certificate.folder.path)/root.pem' </dev/null"
                )
                #expect(output.contains("Verify return code: 0 (ok)"), "\(output)")
            }
        }
    }

    @Test func anotherHandshakeIsRefused() async throws {
        let certificate = try TestCertificate()
        try await withServer(credentials: TLSCredentials(certificate.source)) { port in
            let client = try TLSTestClient(port: port, version: 0x0303)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(throws: TestClient.Failure.self) { try client.renegotiate() }
        }
    }

    @Test func newKeysAreTaken() async throws {
        let certificate = try TestCertificate()
        try await withServer(credentials: TLSCredentials(certificate.source)) { port in
            let client = try TLSTestClient(port: port)
            for _ in 0..<3 { try client.updateKeys() }
            try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try client.readToEnd().hasSuffix("hello, world"))
        }
    }

    @Test func plainHTTPIsAnsweredInWords() async throws {
        let certificate = try TestCertificate()
        let log = RecordingLog()
        try await withServer(log: log, credentials: TLSCredentials(certificate.source)) { port in
            let client = try TestClient(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try client.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(answer.hasSuffix("\r\n\r\nBad Request: This port speaks HTTPS. Use https:// URL."))
        }
    }

    @Test(arguments: ["\u{16}\u{3}\u{1}\u{0}\u{5}hello", "\0\0\0\0\0\0\0\0", "\u{16}\u{3}\u{1}"])
    func otherBytesEndTheConnection(bytes: String) async throws {
        let certificate = try TestCertificate()
        try await withServer(credentials: TLSCredentials(certificate.source)) { port in
            let client = try TestClient(port: port)
            try client.send(bytes)
            client.endSending()
            #expect(try !client.readToEnd().contains("HTTP"))
        }
    }

    @Test func aHandshakeHasTheTimeOfAHeader() async throws {
        let certificate = try TestCertificate()
        try await withServer({ $0.headerTime = .milliseconds(300) }, credentials: TLSCredentials(certificate.source)) {
            port in
            let silent = try TestClient(port: port)
            let half = try TestClient(port: port)
            try half.send("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}")
            #expect(try silent.readToEnd() == "")
            #expect(try half.readToEnd() == "")
        }
    }
}
