import FunctionKit
import Testing

@testable import FunctionHost

/// `extensions.server` of `host.json`, as far as it says how connections reach the host.
@Suite struct TransportOptionsTests {
    private static func parse(_ server: String, _ environment: [String: String] = [:]) throws -> TransportOptions {
        let text = "{\"version\": \"2.0\", \"extensions\": {\"server\": \(server)}}"
        return try HostConfiguration.parse(Array(text.utf8), environment: environment).transport
    }

    @Test func everythingIsRead() throws {
        let options = try Self.parse(
            """
            {"tls": {"certificate": "c.pem", "key": "k.pem", "certificatePasswordSetting": "P"},
             "trustedProxies": ["10.0.0.0/8", "::1", "unix"], "forwardedHeader": "Forwarded", "proxyProtocol": true,
             "unixSocket": {"path": "/run/p.sock", "mode": "600", "proxyProtocol": true}, "tcp": false}
            """
        )
        #expect(options.tls == TLSOptions(certificate: "c.pem", key: "k.pem", passwordSetting: "P"))
        #expect(options.trustedProxies == ["10.0.0.0/8", "::1", "unix"])
        #expect(options.readsForwarded)
        #expect(options.proxyProtocol)
        #expect(options.unixSocket?.path == "/run/p.sock")
        #expect(options.unixSocket?.mode == 0o600)
        #expect(options.unixSocket?.proxyProtocol == true)
        #expect(!options.listensOnTCP)
    }

    @Test func nothingIsNeeded() throws {
        #expect(try Self.parse("{}") == TransportOptions())
        let socket = try Self.parse("{\"unixSocket\": \"p.sock\", \"tls\": {\"certificate\": \"c.pfx\"}}")
        #expect(socket.unixSocket == UnixSocketOptions(path: "p.sock"))
        #expect(socket.unixSocket?.mode == 0o660)
        #expect(socket.tls == TLSOptions(certificate: "c.pfx"))
        #expect(!socket.readsForwarded)
    }

    @Test func theEnvironmentComesFirst() throws {
        let options = try Self.parse(
            "{\"tls\": {\"certificate\": \"c.pem\"}, \"trustedProxies\": [\"10.0.0.1\"]}",
            [
                "AzureFunctionsJobHost__extensions__server__tls__certificate": "other.pem",
                "AzureFunctionsJobHost__extensions__server__trustedProxies__1": "10.0.0.2",
            ]
        )
        #expect(options.tls?.certificate == "other.pem")
        #expect(options.trustedProxies == ["10.0.0.1", "10.0.0.2"])
    }

    @Test(arguments: [
        ("{\"tls\": {\"key\": \"k.pem\"}}", "tls.certificate: The path of the certificate is missing."),
        (
            "{\"tls\": {\"certificate\": \"c.pfx\", \"password\": \"s3same\"}}",
            "tls.password: This is not known. There are certificate, key and certificatePasswordSetting, the name of the app "
                + "setting with the password."
        ),
        (
            "{\"trustedProxies\": [\"10.0.0.0/8\", \"proxy.example\"]}",
            "trustedProxies: 'proxy.example' is neither an address, nor a block such as 10.0.0.0/8, nor 'unix'."
        ),
        ("{\"forwardedHeader\": \"Via\"}", "forwardedHeader: 'Via' is neither X-Forwarded nor Forwarded."),
        (
            "{\"forwardedHeader\": \"Forwarded\"}",
            "forwardedHeader: It counts for the peers in extensions.server.trustedProxies alone, and that list is empty."
        ),
        ("{\"proxyProtocol\": \"v2\"}", "proxyProtocol: 'v2' is neither true nor false."),
        ("{\"tcp\": 0}", "tcp: '0' is neither true nor false."),
        ("{\"unixSocket\": {\"mode\": \"660\"}}", "unixSocket.path: The socket's path is missing."),
        (
            "{\"unixSocket\": {\"path\": \"s\", \"mode\": \"rw\"}}",
            "unixSocket.mode: 'rw' is not a mode from 600 to 777, such as 660."
        ),
    ])
    func whatCannotBeMeantIsSaid(server: String, words: String) {
        let error = #expect(throws: HostConfigurationError.self) { try Self.parse(server) }
        #expect(error?.problems == ["host.json: extensions.server.\(words)"])
        #expect(error?.description.contains("s3same") != true)
    }

    @Test(
        arguments: [
            ("600", 0o600), ("660", 0o660), ("666", 0o666), ("777", 0o777), ("0660", 0o660), ("060", nil), ("400", nil),
            ("66", nil), ("668", nil), ("1660", nil), ("", nil), ("+660", nil), ("rw-rw----", nil),
        ] as [(String, UInt32?)]
    )
    func aModeLetsItsOwnerIn(text: String, mode: UInt32?) { #expect(UnixSocketOptions.mode(text) == mode) }

    @Test(arguments: [
        // Certificate, lost terminal, ignored.
        (true, false, false, HangUp.Meaning.reload), (true, false, true, .reload), (true, true, false, .stop),
        (true, true, true, .nothing), (false, false, false, .stop), (false, false, true, .nothing),
        (false, true, false, .stop), (false, true, true, .nothing),
    ])
    func aHangUpMeans(_ canReload: Bool, _ hasLostTerminal: Bool, _ isIgnored: Bool, _ meaning: HangUp.Meaning) {
        var situation = HangUp.Situation()
        situation.canReload = canReload
        situation.hasLostTerminal = hasLostTerminal
        situation.isIgnored = isIgnored
        #expect(situation.meaning == meaning)
    }
}
