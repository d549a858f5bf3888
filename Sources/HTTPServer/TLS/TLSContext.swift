import CSSL

/// What all connections share that begin with the same certificate: OpenSSL's `SSL_CTX`.
///
/// `@unchecked Sendable`: it is only changed while it is made; OpenSSL counts the references of an `SSL_CTX` atomically.
final class TLSContext: @unchecked Sendable {
    /// TLS 1.2 with forward secrecy and authenticated encryption alone (RFC 9325, section 4.2); TLS 1.3 has nothing else.
    static let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20"
    static let groups = "X25519:P-256:P-384"

    let context: OpaquePointer
    /// The context calls it, so it must live as long.
    private let tickets: TLSTickets

    /// Makes a context of an identity that has been checked.
    init(_ identity: TLSIdentity, tickets: TLSTickets, path: String) throws(TLSError) {
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            throw TLSError("TLS cannot be set up: \(TLSError.takeReason()).")
        }
        self.context = context
        self.tickets = tickets
        SSL_CTX_set_security_level(context, 2)
        Self.setOptions(context)
        tickets.serve(context)
        guard postern_ssl_ctx_set_min_version(context, TLS1_2_VERSION) == 1,
            SSL_CTX_set_cipher_list(context, Self.ciphers) == 1,
            postern_ssl_ctx_set_groups(context, Self.groups) == 1
        else { throw TLSError("TLS cannot be set up: \(TLSError.takeReason()).") }
        guard SSL_CTX_use_certificate(context, identity.certificate) == 1,
            SSL_CTX_use_PrivateKey(context, identity.key) == 1
        else {
            throw TLSError(
                "The certificate '\(path)' cannot be used: \(TLSError.takeReason()). "
                    + "Keys need at least 2048 bits for RSA or 224 for elliptic curves."
            )
        }
        for certificate in identity.takeChain() where postern_ssl_ctx_add_chain(context, certificate) != 1 {
            X509_free(certificate)
            throw TLSError("The certificates behind the first in '\(path)' cannot be used: \(TLSError.takeReason()).")
        }
    }

    deinit { SSL_CTX_free(context) }

    private static func setOptions(_ context: OpaquePointer) {
        postern_ssl_ctx_set_behavior(context)
        SSL_CTX_set_alpn_select_cb(
            context,
            { _, chosen, chosenLength, offered, offeredLength, _ in
                TLSContext.choose(chosen, chosenLength, offered, offeredLength)
            },
            nil
        )
    }

    /// Chooses `http/1.1` (RFC 7301); a client that offers others alone gets the alert `no_application_protocol`.
    private static func choose(
        _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
        _ chosenLength: UnsafeMutablePointer<UInt8>?,
        _ offered: UnsafePointer<UInt8>?,
        _ offeredLength: UInt32
    ) -> CInt {
        let wanted: StaticString = "http/1.1"
        guard let chosen, let chosenLength, let offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        let list = UnsafeBufferPointer(start: offered, count: Int(offeredLength))
        var index = 0
        while index < list.count {
            let start = index + 1
            let end = start + Int(list[index])
            guard end <= list.count else { break }
            if end - start == wanted.utf8CodeUnitCount,
                list[start..<end].elementsEqual(UnsafeBufferPointer(start: wanted.utf8Start, count: end - start))
            {
                chosen.pointee = offered + start
                chosenLength.pointee = UInt8(end - start)
                return SSL_TLSEXT_ERR_OK
            }
            index = end
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }
}
