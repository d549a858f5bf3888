import Crypto
import FoundationEssentials
public import FunctionKit

/// Signs messages as Standard Webhooks 1.0 says (https://www.standardwebhooks.com): HMAC-SHA-256 over id, time and body.
public struct StandardWebhook: Sendable {
    private let key: [UInt8]

    /// Reads a secret: `whsec_` with base64 behind it, or any other text taken as it is.
    ///
    /// - Returns: nil for an empty secret, and for a `whsec_` whose rest is not base64.
    public init?(secret: String) {
        let prefix = "whsec_"
        if secret.hasPrefix(prefix) {
            guard let decoded = Data(base64Encoded: String(secret.dropFirst(prefix.count))) else { return nil }
            key = Array(decoded)
        } else {
            key = Array(secret.utf8)
        }
        guard !key.isEmpty else { return nil }
    }

    /// The header fields `webhook-id`, `webhook-timestamp` and `webhook-signature` of one attempt.
    ///
    /// - Parameters:
    ///   - id: the same on every attempt, so that the receiver can tell a repetition.
    ///   - time: the attempt's time; receivers refuse old ones.
    ///   - body: the bytes that are sent.
    public func headers(id: String, time: Timestamp, body: [UInt8]) -> HTTPFields {
        let signed = Array("\(id).\(time.seconds).".utf8) + body
        let signature = Data(hmacSHA256(key: key, signed)).base64EncodedString()
        return [
            "webhook-id": id,
            "webhook-timestamp": "\(time.seconds)",
            "webhook-signature": "v1,\(signature)",
        ]
    }
}
