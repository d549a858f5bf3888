/// What the command line says of how connections reach the host; it comes before `extensions.server` of `host.json`.
package struct TransportOverrides: Sendable {
    /// Whether the host is to speak HTTPS; false for what `host.json` says.
    package var usesHTTPS = false
    /// The path of the certificate.
    package var certificate: String?
    /// The path of its key.
    package var key: String?
    /// The password of the key or the PKCS#12 file. Who lists the machine's processes sees it.
    package var password: String?
    /// The app setting with the password.
    package var passwordSetting: String?
    /// The path of a Unix socket to listen on.
    package var unixSocket: String?
    /// Whether the TCP port stays closed.
    package var closesTCP = false

    /// Overrides nothing.
    package init() {}
}
