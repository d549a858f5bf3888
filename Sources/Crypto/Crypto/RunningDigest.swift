import COpenSSL

/// SHA-256 (FIPS 180-4) of a message that comes in pieces, for messages that do not fit into memory.
public final class RunningSHA256 {
    private let context: OpaquePointer

    /// Begins with the empty message.
    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            // OpenSSL fails here only when its own allocation does; a digest that is not one must never be used.
            preconditionFailure("SHA-256 failed inside OpenSSL.")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds the next piece.
    public func update(_ bytes: [UInt8]) {
        precondition(EVP_DigestUpdate(context, bytes, bytes.count) == 1, "SHA-256 failed inside OpenSSL.")
    }

    /// The digest of all pieces, 32 bytes; nothing may be added afterwards.
    public func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            var length: UInt32 = 0
            let succeeded = EVP_DigestFinal_ex(context, buffer.baseAddress, &length)
            precondition(succeeded == 1 && length == 32, "SHA-256 failed inside OpenSSL.")
            count = 32
        }
    }
}
