import FunctionKit
import Glibc
import Testing

/// How connections reach the real host: HTTPS with certificates that change, Unix sockets, proxies.
@Suite(.timeLimit(.minutes(2)))
struct TransportTests {
    private static let hello = Workplace.app("hello")

    /// Runs a line of shell in a folder; what it prints, errors too.
    private func run(_ line: String, in folder: ScratchFolder) async throws -> String {
        let process = try ChildProcess(
            "/bin/sh",
            ["-c", "{ \(line)\n} 2>&1"],
            environment: RunningHost.environment,
            folder: folder.path
        )
        await process.waitForEnd()
        return process.output
    }

    /// Makes `cert.pem` and `key.pem` for `localhost` and `app.example`.
    private func makeCertificate(in folder: ScratchFolder) async throws {
        let output = try await run(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 365 \
            -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,DNS:app.example,IP:127.0.0.1' && chmod 600 key.pem && echo ok
            """,
            in: folder
        )
        guard output.hasSuffix("ok\n") else { throw SupportError(output) }
    }

    private func get(_ path: String, _ host: RunningHost, _ folder: ScratchFolder, _ options: String = "") async throws
        -> String
    {
        try await run("curl -sS -i --max-time 30 --cacert cert.pem \(options) '\(host.baseURL)\(path)'", in: folder)
    }

    @Test func theCertificateChangesWhileTheHostRuns() async throws {
        let folder = try ScratchFolder()
        try await makeCertificate(in: folder)
        let files = ["--cert", folder.path + "/cert.pem", "--key", folder.path + "/key.pem"]
        let host = try await RunningHost(app: Self.hello, arguments: ["--useHttps"] + files)
        #expect(host.baseURL.hasPrefix("https://"))
        #expect(host.process.output.contains("hello: [GET] https://localhost:\(host.port)/api/hello"))
        #expect(try await get("/api/hello", host, folder).hasSuffix("hello, world"))

        _ = try await run("cp cert.pem old.pem && cp key.pem old-key.pem", in: folder)
        try await makeCertificate(in: folder)
        host.process.kill(SIGHUP)
        #expect(await host.process.waitForOutput("The certificate was read again. New connections get it."))
        #expect(try await get("/api/hello", host, folder).hasSuffix("hello, world"))
        #expect(try await get("/api/hello", host, folder, "--cacert old.pem").contains("certificate"))

        // A key that does not fit, as a half-done renewal leaves it.
        _ = try await run("cp old-key.pem key.pem", in: folder)
        host.process.kill(SIGHUP)
        #expect(
            await host.process.waitForOutput("The certificate was not changed, and the one before stays: The key '")
        )
        #expect(host.process.output.contains("does not fit the certificate '\(folder.path)/cert.pem'"))
        #expect(try await get("/api/hello", host, folder).hasSuffix("hello, world"))

        #expect(await host.stop() == .exited(0))
        let secret = try await run("sed -n 2p old-key.pem", in: folder).split(separator: "\n").first ?? "-"
        #expect(secret.utf8.count > 40)
        #expect(!(host.process.output + host.process.errors).contains(secret))
    }

    @Test func hostJSONNamesTheCertificate() async throws {
        let app = try MirrorApp(
            host: """
                {"version": "2.0", "extensions": {
                  "http": {"hsts": {"isEnabled": true, "maxAge": "00:00:10"}},
                  "server": {"tls": {"certificate": "tls/site.pfx", "certificatePasswordSetting": "SITE_PASSWORD"}}}}
                """,
            ["f": ("", "")]
        )
        try await makeCertificate(in: app.folder)
        _ = try await run(
            "mkdir tls && openssl pkcs12 -export -in cert.pem -inkey key.pem -out tls/site.pfx -passout pass:s3same && chmod 644 tls/*",
            in: app.folder
        )
        let host = try await app.start(settings: ["SITE_PASSWORD": "s3same"])
        #expect(
            host.process.output.contains(
                "Every user of this machine can read the key '\(app.folder.path)/tls/site.pfx'."
            )
        )
        // Not for the machine's own names.
        #expect(try await !get("/api/f", host, app.folder).contains("Strict-Transport-Security"))
        let answer = try await run(
            "curl -sSi --cacert cert.pem --resolve app.example:\(host.port):127.0.0.1 https://app.example:\(host.port)/api/f",
            in: app.folder
        )
        #expect(answer.contains("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("\r\nStrict-Transport-Security: max-age=10\r\n"))
        let key = try await host.masterKey()
        let links = try await get("/admin/host/keys", host, app.folder, "-H 'x-functions-key: \(key)'")
        #expect(links.contains("\"href\":\"https://127.0.0.1:\(host.port)/admin/host/keys\""), "\(links)")
        #expect(await host.stop() == .exited(0))
        #expect(!(host.process.output + host.process.errors).contains("s3same"))
    }

    @Test(
        arguments: [
            (
                ["--useHttps"], 78,
                "--useHttps needs a certificate. Name one with --cert, or in extensions.server.tls of host.json."
            ),
            (
                ["--useHttps", "--cert", "/none.pem"], 78,
                "The certificate '/none.pem' cannot be read: No such file or directory. Check the path."
            ),
            (["--cert", "/none.pem"], 64, "'--cert' says how HTTPS is spoken. Add --useHttps."),
            (["--password", "x"], 64, "'--password' says how HTTPS is spoken. Add --useHttps."),
            (["--useHttps", "--key", "/k"], 64, "'--key' needs the certificate that it belongs to. Add --cert."),
            (
                ["--useHttps", "--cert", "/c", "--password", "x", "--password-setting", "y"], 64,
                "Give '--password' or '--password-setting', not both."
            ),
            (
                ["--useHttps", "--cert", "/c", "--password-setting", "NONE"], 78,
                "The setting 'NONE', which holds the certificate's password, is not there."
            ),
            (
                ["--no-tcp"], 78,
                "The host has nothing to listen on: TCP is switched off, and there is no Unix socket. Name one with --unix-socket."
            ),
            (
                ["--unix-socket", "/proc/none/s"], 69,
                "Cannot listen on '/proc/none/s': its folder is not there. Make it."
            ),
        ] as [([String], Int32, String)]
    )
    func whatCannotBeIsSaid(options: [String], code: Int32, words: String) async throws {
        let data = try ScratchFolder()
        let result = try await runPostern(
            ["start", "--app", Self.hello, "--data", data.path + "/data", "--port", "0"] + options
        )
        #expect(result.ending == .exited(code))
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    @Test func aUnixSocketIsEnough() async throws {
        let folder = try ScratchFolder()
        let socket = folder.path + "/http.sock"
        let arguments = ["--unix-socket", socket, "--no-tcp"]
        let host = try await RunningHost(app: Self.hello, arguments: arguments)
        #expect(host.process.output.contains("Listening on unix:\(socket) after "))
        let get = "curl -sS --max-time 30 --unix-socket http.sock http://any/api/hello"
        #expect(try await run(get, in: folder) == "hello, world")
        #expect(try await run("stat -c %a http.sock", in: folder) == "660\n")

        let other = try ScratchFolder()
        let second = try await runPostern(["start", "--app", Self.hello, "--data", other.path + "/data"] + arguments)
        #expect(second.ending == .exited(69))
        #expect(second.errors.contains("Cannot listen on '\(socket)': another process listens there."))
        #expect(try await run(get, in: folder) == "hello, world", "The socket is still the first one's.")

        // A host that was killed leaves its file, and the next one takes its place.
        await host.crash()
        #expect(try await run("test -S http.sock && echo there", in: folder) == "there\n")
        let next = try await RunningHost(app: Self.hello, arguments: arguments)
        #expect(try await run(get, in: folder) == "hello, world")
        #expect(await next.stop() == .exited(0))
        #expect(try await run("test -e http.sock || echo gone", in: folder) == "gone\n")
    }

    @Test func withoutACertificateAHangUpEndsTheHost() async throws {
        let host = try await RunningHost(app: Self.hello)
        host.process.kill(SIGHUP)
        #expect(await host.process.waitForEnd() == .exited(0))
        #expect(host.process.output.contains("Host shutdown completed."))
    }

    @Test(arguments: [(["127.0.0.0/8"], "https://app.example"), (["192.0.2.1", "unix"], "http://127.0.0.1")])
    func proxiesByNameAreBelieved(trusted: [String], origin: String) async throws {
        let list = trusted.map { "\"\($0)\"" }.joined(separator: ", ")
        let app = try MirrorApp(
            host: "{\"version\": \"2.0\", \"extensions\": {\"server\": {\"trustedProxies\": [\(list)]}}}",
            ["f": ("", "")]
        )
        // The list comes before the setting that trusts everybody.
        let host = try await app.start(settings: ["ASPNETCORE_FORWARDEDHEADERS_ENABLED": "true"])
        let answer = try await host.send(
            .get,
            "/admin/host/keys",
            headers: [
                "x-functions-key": try await host.masterKey(), "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": "app.example", "X-Forwarded-For": "203.0.113.9",
            ]
        )
        let expected = origin.hasSuffix("127.0.0.1") ? "\(origin):\(host.port)" : origin
        #expect(answer.body.contains("\"href\":\"\(expected)/admin/host/keys\""), "\(answer.body)")
        await host.stop()
    }
}
