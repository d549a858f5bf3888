/// Where a server's certificate and its key lie.
package struct TLSCertificate: Sendable, Equatable {
    /// The path of a PEM file with the certificate and those that vouch for it, or of a PKCS#12 file (.pfx, .p12).
    package var path: String
    /// The path of the PEM file with the key; nil when the key lies beside the certificate in the same file.
    package var keyPath: String?
    /// Opens the PKCS#12 file or the key; nil when neither needs one.
    package var password: String?

    /// Names the files.
    package init(path: String, keyPath: String? = nil, password: String? = nil) {
        self.path = path
        self.keyPath = keyPath
        self.password = password
    }

    /// The longest file that is read: 1 MiB.
    package static let fileBytesMax = 1 << 20
    /// How many days before its end a certificate is warned of: 14.
    package static let warningDays = 14
}
