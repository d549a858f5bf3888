import COpenSSL

/// SHA-256 (FIPS 180-4) of a message; 32 bytes.
public func sha256(_ message: some Sequence<UInt8>) -> [UInt8] {
    let message = Array(message)
    return [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
        var length: UInt32 = 0
        let succeeded = EVP_Digest(message, message.count, buffer.baseAddress, &length, EVP_sha256(), nil)
        // OpenSSL fails here only when its own allocation does; a digest that is not one must never be used.
        precondition(succeeded == 1 && length == 32, "SHA-256 failed inside OpenSSL.")
        count = 32
    }
}

/// HMAC-SHA-256 (RFC 2104) of a message; 32 bytes.
public func hmacSHA256(key: some Sequence<UInt8>, _ message: some Sequence<UInt8>) -> [UInt8] {
    let key = Array(key)
    let message = Array(message)
    return [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
        var length: UInt32 = 0
        let result = HMAC(
            EVP_sha256(),
            key,
            Int32(key.count),
            message,
            message.count,
            buffer.baseAddress,
            &length
        )
        precondition(result != nil && length == 32, "HMAC-SHA-256 failed inside OpenSSL.")
        count = 32
    }
}

/// Compares two byte strings in a time that depends on their length alone.
public func constantTimeEquals(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Bool {
    let left = Array(left)
    let right = Array(right)
    return left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
