import Crypto
import FoundationEssentials
package import FunctionKit

/// Checks signatures as Standard Webhooks 1.0 says (https://www.standardwebhooks.com).
package struct WebhookVerifier: Sendable {
    private let key: [UInt8]

    /// How far a webhook's time may be off, either way.
    package static let toleranceSeconds: Int64 = 300

    /// Reads a secret: `whsec_` with base64 behind it, or any other text taken as it is; nil for one that is neither.
    package init?(secret: String) {
        let prefix = "whsec_"
        if secret.hasPrefix(prefix) {
            guard let bytes = Data(base64Encoded: String(secret.dropFirst(prefix.count))) else { return nil }
            key = Array(bytes)
        } else {
            key = Array(secret.utf8)
        }
        guard !key.isEmpty else { return nil }
    }

    /// The webhook's id, when one of its signatures is right and its time is near `now`.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 401 otherwise, with one message for every reason.
    package func verify(_ headers: HTTPFields, body: [UInt8], now: Timestamp) throws -> String {
        guard let id = headers["webhook-id"], (1...256).contains(id.utf8.count),
            let time = headers["webhook-timestamp"].flatMap({ Int64($0) }),
            abs(clamping(time, now)) <= Self.toleranceSeconds,
            let signatures = headers["webhook-signature"]
        else { throw Self.refused }
        let expected = hmacSHA256(key: key, Array("\(id).\(time).".utf8) + body)
        let isRight = signatures.split(separator: " ").contains { signature in
            let parts = signature.split(separator: ",", maxSplits: 1)
            guard parts.count == 2, parts[0] == "v1", let bytes = Data(base64Encoded: String(parts[1])) else {
                return false
            }
            return constantTimeEquals(bytes, expected)
        }
        guard isRight else { throw Self.refused }
        return id
    }

    /// The difference in seconds; far times cannot overflow it.
    private func clamping(_ time: Int64, _ now: Timestamp) -> Int64 {
        let (difference, overflows) = time.subtractingReportingOverflow(now.seconds)
        return overflows || difference == .min ? .max : difference
    }

    private static var refused: HTTPError {
        HTTPError(
            .unauthorized,
            code: "invalid_signature",
            message: "The webhook's signature is missing, wrong or too old."
        )
    }
}
