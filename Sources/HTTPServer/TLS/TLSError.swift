import CSSL

/// Why a certificate or its key is of no use: the file, the reason, the remedy. Never a byte of a key or of its password.
package struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a person reads.
    package let description: String

    init(_ description: String) { self.description = description }

    /// What OpenSSL says of its latest failure, in its own words; the queue of errors is empty afterwards.
    static func takeReason() -> String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0, let text = ERR_reason_error_string(code) else { return "no reason given" }
        return String(cString: text)
    }
}
