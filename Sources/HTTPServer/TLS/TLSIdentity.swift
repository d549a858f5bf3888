import CSSL
import Glibc

/// A certificate with its key and those that vouch for it, read and found to fit together.
///
/// Owns what it points to; used on one thread, between reading the files and handing them to a ``TLSContext``.
final class TLSIdentity {
    let certificate: OpaquePointer
    let key: OpaquePointer
    /// The certificates between this one and a root that clients know.
    private(set) var chain: [OpaquePointer]
    /// What a person should know, though it keeps nobody from using the certificate.
    private(set) var warnings: [String] = []

    private init(certificate: OpaquePointer, key: OpaquePointer, chain: [OpaquePointer]) {
        self.certificate = certificate
        self.key = key
        self.chain = chain
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
        for certificate in chain { X509_free(certificate) }
    }

    /// Gives the chain to somebody who frees it.
    func takeChain() -> [OpaquePointer] {
        defer { chain = [] }
        return chain
    }

    /// Reads the files.
    static func read(_ source: TLSCertificate) throws(TLSError) -> TLSIdentity {
        ERR_clear_error()
        let file = try TLSFile(source.path, holding: "certificate")
        let identity: TLSIdentity
        if file.isPEM {
            let keyFile =
                try source.keyPath.map { (path) throws(TLSError) in try TLSFile(path, holding: "key") } ?? file
            identity = try readPEM(file, keyFile, password: source.password)
            identity.warnOfReaders(of: keyFile)
        } else {
            guard source.keyPath == nil else {
                throw TLSError(
                    "The certificate '\(source.path)' is no PEM file, so it is taken for PKCS#12, which holds its key itself. "
                        + "Name no key, or convert the certificate to PEM."
                )
            }
            identity = try readPKCS12(file, password: source.password)
            identity.warnOfReaders(of: file)
        }
        guard X509_check_private_key(identity.certificate, identity.key) == 1 else {
            ERR_clear_error()
            throw TLSError(
                "The key '\(source.keyPath ?? source.path)' does not fit the certificate '\(source.path)'. "
                    + "Name the key that the certificate was made for, and let the server's own certificate be the file's first."
            )
        }
        identity.warnOfTime(source.path)
        return identity
    }

    // MARK: PEM

    private static func readPEM(
        _ file: TLSFile,
        _ keyFile: TLSFile,
        password: String?
    ) throws(TLSError) -> TLSIdentity {
        let certificates = try readCertificates(file)
        guard let first = certificates.first else {
            throw TLSError(
                "The file '\(file.path)' has no certificate that can be read: \(TLSError.takeReason()). It has to be PEM or PKCS#12."
            )
        }
        do throws(TLSError) {
            let key = try readKey(keyFile, password: password)
            return TLSIdentity(certificate: first, key: key, chain: Array(certificates.dropFirst()))
        } catch {
            for certificate in certificates { X509_free(certificate) }
            throw error
        }
    }

    /// All certificates of a file, in its order.
    ///
    /// - Throws: when one behind the first cannot be read: without it clients could not verify the first, and half a file is what a reload
    ///   meets that comes too early.
    private static func readCertificates(_ file: TLSFile) throws(TLSError) -> [OpaquePointer] {
        let certificates: [OpaquePointer] =
            withMemoryBIO(file.bytes) { bio in
                var certificates: [OpaquePointer] = []
                while let certificate = PEM_read_bio_X509(bio, nil, { _, _, _, _ in -1 }, nil) {
                    certificates.append(certificate)
                }
                return certificates
            } ?? []
        guard !certificates.isEmpty else { return [] }
        guard postern_err_reason(ERR_peek_last_error()) == PEM_R_NO_START_LINE else {
            for certificate in certificates { X509_free(certificate) }
            throw TLSError(
                "Certificate \(certificates.count + 1) in the file '\(file.path)' cannot be read: \(TLSError.takeReason()). "
                    + "Write the whole chain into the file, and the file under another name first, then rename it."
            )
        }
        ERR_clear_error()
        return certificates
    }

    private static func readKey(_ file: TLSFile, password: String?) throws(TLSError) -> OpaquePointer {
        let request = PasswordRequest(password)
        let key = withMemoryBIO(file.bytes) { bio in
            // Without a function of ours, OpenSSL would ask at the terminal.
            PEM_read_bio_PrivateKey(bio, nil, PasswordRequest.answer, Unmanaged.passUnretained(request).toOpaque())
        }
        if let key { return key }
        let reason = TLSError.takeReason()
        if request.wasAsked {
            throw TLSError(
                password == nil
                    ? "The key '\(file.path)' is encrypted. Give its password."
                    : "The password does not open the key '\(file.path)'."
            )
        }
        throw TLSError(
            "The file '\(file.path)' has no key that can be read: \(reason). It has to be a PEM file with a key."
        )
    }

    // MARK: PKCS#12

    private static func readPKCS12(_ file: TLSFile, password: String?) throws(TLSError) -> TLSIdentity {
        guard let container = withMemoryBIO(file.bytes, { d2i_PKCS12_bio($0, nil) }) else {
            ERR_clear_error()
            throw TLSError("The certificate '\(file.path)' is neither PEM nor PKCS#12.")
        }
        defer { PKCS12_free(container) }
        var key: OpaquePointer?
        var certificate: OpaquePointer?
        var authorities: OpaquePointer?
        guard PKCS12_parse(container, password ?? "", &key, &certificate, &authorities) == 1 else {
            throw pkcs12Error(file.path, hasPassword: password != nil)
        }
        var chain: [OpaquePointer] = []
        while postern_x509_stack_count(authorities) > 0, let next = postern_x509_stack_take(authorities) {
            chain.append(next)
        }
        postern_x509_stack_free(authorities)
        guard let key, let certificate else {
            for authority in chain { X509_free(authority) }
            X509_free(certificate)
            EVP_PKEY_free(key)
            throw TLSError("The file '\(file.path)' lacks a certificate or its key. Export both into it.")
        }
        return TLSIdentity(certificate: certificate, key: key, chain: chain)
    }

    private static func pkcs12Error(_ path: String, hasPassword: Bool) -> TLSError {
        let code = ERR_peek_last_error()
        let reason = TLSError.takeReason()
        if postern_err_reason(code) == PKCS12_R_MAC_VERIFY_FAILURE {
            return TLSError(
                hasPassword
                    ? "The password does not open the certificate '\(path)'."
                    : "The certificate '\(path)' is encrypted. Give its password."
            )
        }
        return TLSError(
            "The certificate '\(path)' cannot be opened: \(reason). If its encryption is an old one (RC2, 40 bits), "
                + "write it anew with 'openssl pkcs12 -export'."
        )
    }

    // MARK: Warnings

    private func warnOfReaders(of file: TLSFile) {
        guard file.isWorldReadable else { return }
        warnings.append("Every user of this machine can read the key '\(file.path)'. Run 'chmod 600' on it.")
    }

    private func warnOfTime(_ path: String) {
        var days: CInt = 0
        var seconds: CInt = 0
        guard postern_x509_days_left(certificate, &days, &seconds) == 1 else { return }
        if days < 0 || seconds < 0 {
            warnings.append("The certificate '\(path)' has expired, and clients refuse it. Renew it.")
        } else if postern_x509_is_early(certificate) != 0 {
            warnings.append(
                "The certificate '\(path)' is not valid yet, and clients refuse it. Check this machine's clock."
            )
        } else if Int(days) < TLSCertificate.warningDays {
            warnings.append("The certificate '\(path)' expires in \(days) days. Renew it.")
        }
    }
}

/// Gives bytes to OpenSSL's readers, which read from a BIO; nil when there is no memory for one.
private func withMemoryBIO<Result>(_ bytes: [UInt8], _ body: (OpaquePointer) -> Result?) -> Result? {
    bytes.withUnsafeBytes { buffer in
        guard let bio = BIO_new_mem_buf(buffer.baseAddress, CInt(buffer.count)) else { return nil }
        defer { BIO_free(bio) }
        return body(bio)
    }
}

/// Answers OpenSSL's question for a password, and remembers that it was asked.
private final class PasswordRequest {
    private let password: [UInt8]?
    private(set) var wasAsked = false

    init(_ password: String?) { self.password = password.map { Array($0.utf8) } }

    static let answer: @convention(c) (UnsafeMutablePointer<CChar>?, CInt, CInt, UnsafeMutableRawPointer?) -> CInt = {
        buffer,
        capacity,
        _,
        context in
        guard let buffer, let context else { return -1 }
        let request = Unmanaged<PasswordRequest>.fromOpaque(context).takeUnretainedValue()
        request.wasAsked = true
        guard let password = request.password, password.count <= Int(capacity) else { return -1 }
        memcpy(buffer, password, password.count)
        return CInt(password.count)
    }
}
