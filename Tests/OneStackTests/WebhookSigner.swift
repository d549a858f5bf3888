import Crypto
import FoundationEssentials
import FunctionKit

/// Signs a webhook as the portal does, written apart from the code under test.
enum WebhookSigner {
    static func headers(id: String, body: String, now: Timestamp, secret: String) -> HTTPFields? {
        guard let key = Data(base64Encoded: String(secret.dropFirst("whsec_".count))) else { return nil }
        let signature = Data(hmacSHA256(key: key, "\(id).\(now.seconds).\(body)".utf8)).base64EncodedString()
        return [
            "webhook-id": id, "webhook-timestamp": "\(now.seconds)", "webhook-signature": "v1,\(signature)",
        ]
    }
}
