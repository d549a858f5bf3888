/// The part of `extensions.server` of `host.json` that says how connections reach the host; Azure knows no such section.
///
/// It is read once, at the start of the process.
package struct TransportOptions: Sendable, Equatable {
    /// TLS on the TCP port; nil for plain HTTP.
    package var tls: TLSOptions?
    /// The peers whose word on where a request comes from counts: addresses, blocks such as `10.0.0.0/8`, and `unix`.
    package var trustedProxies: [String] = []
    /// Whether those peers write `Forwarded` (RFC 7239) instead of `X-Forwarded-…`.
    package var readsForwarded = false
    /// Whether each connection to the TCP port begins with a PROXY header.
    package var proxyProtocol = false
    /// A Unix socket to listen on as well; nil for none.
    package var unixSocket: UnixSocketOptions?
    /// Whether the host listens on a TCP port at all.
    package var listensOnTCP = true

    /// Makes the default options.
    package init() {}
}

/// `extensions.server.tls`.
package struct TLSOptions: Sendable, Equatable {
    /// The path of the certificate, PEM or PKCS#12; a relative one begins at the app's folder.
    package var certificate: String
    /// The path of the key in PEM; nil when the certificate's file holds it.
    package var key: String?
    /// The name of the app setting that holds the password of the key or the PKCS#12 file; nil when none is needed.
    package var passwordSetting: String?

    /// Names the files.
    package init(certificate: String, key: String? = nil, passwordSetting: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.passwordSetting = passwordSetting
    }
}

/// `extensions.server.unixSocket`.
package struct UnixSocketOptions: Sendable, Equatable {
    /// Who may connect unless ``mode`` says otherwise: the owner and the group.
    package static let modeDefault: UInt32 = 0o660

    /// The socket's path; a relative one begins at the app's folder.
    package var path: String
    /// Who may connect, as `chmod` has it.
    package var mode = modeDefault
    /// Whether each connection begins with a PROXY header.
    package var proxyProtocol = false

    /// Names the path.
    package init(path: String) { self.path = path }

    /// Reads a mode such as `660`; nil for anything else.
    package static func mode(_ text: String) -> UInt32? {
        guard (3...4).contains(text.utf8.count), text.first != "+", let mode = UInt32(text, radix: 8), mode <= 0o777,
            mode & 0o600 == 0o600
        else { return nil }
        return mode
    }
}
