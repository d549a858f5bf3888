import Crypto
import FoundationEssentials
import FunctionKit

/// Azure Communication Services, e-mail: `POST /emails:send`, authenticated by the HMAC of the connection string's key.
///
/// https://learn.microsoft.com/rest/api/communication/email/email/send and
/// https://learn.microsoft.com/azure/communication-services/tutorials/hmac-header-tutorial
struct ACSMailProvider: MailProvider {
    let name = "Azure Communication Services"
    let connection: ACSConnection
    let fromAddress: String
    let http: any HTTPClient
    let clock: any AppClock

    private static let path = "/emails:send?api-version=2023-03-31"

    var endpoint: String? { connection.endpoint }

    func send(_ email: Email) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = Array(
            try encoder.encode(
                ACSRequest(
                    senderAddress: fromAddress,
                    content: .init(subject: email.subject, plainText: email.text, html: email.html),
                    recipients: .init(to: [.init(address: email.to.address, displayName: email.to.name)])
                )
            )
        )
        var headers = connection.signedHeaders(method: "POST", path: Self.path, body: body, date: clock.now)
        headers["Content-Type"] = "application/json"
        let request = OutboundRequest(
            method: .post,
            url: connection.endpoint + Self.path,
            headers: headers,
            body: HTTPBody(body),
            totalTimeout: MailLimits.totalTimeout
        )
        try await exchange(request, over: http)
    }
}

/// A connection string of Azure Communication Services: `endpoint=https://…/;accesskey=…`.
struct ACSConnection: Sendable {
    /// The base URL without a trailing slash.
    let endpoint: String
    private let host: String
    private let key: [UInt8]

    /// Reads a connection string; nil when a part is missing, the endpoint is not a URL, or the key is not base64.
    init?(_ text: String) {
        var values: [String: String] = [:]
        for part in text.split(separator: ";") {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let name = part[..<equals].lowercased()
            values[name] = String(part[part.index(after: equals)...])
        }
        guard var endpoint = values["endpoint"], let key = values["accesskey"].flatMap({ Data(base64Encoded: $0) }),
            !key.isEmpty, let schemeEnd = endpoint.firstRange(of: "://")
        else { return nil }
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        let host = endpoint[schemeEnd.upperBound...]
        guard !host.isEmpty, !host.contains("/") else { return nil }
        self.endpoint = endpoint
        self.host = String(host)
        self.key = Array(key)
    }

    /// The header fields that authenticate a request: the date, the hash of the body and the signature over both.
    func signedHeaders(method: String, path: String, body: [UInt8], date: Timestamp) -> HTTPFields {
        let dateText = MailDate.http(date)
        let hash = Data(sha256(body)).base64EncodedString()
        let message = "\(method)\n\(path)\n\(dateText);\(host);\(hash)"
        let signature = Data(hmacSHA256(key: key, message.utf8)).base64EncodedString()
        return [
            "x-ms-date": dateText,
            "x-ms-content-sha256": hash,
            "Authorization":
                "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=\(signature)",
        ]
    }
}

/// The body of `emails:send`, as far as it is used.
private struct ACSRequest: Encodable {
    struct Content: Encodable {
        var subject: String
        var plainText: String
        var html: String
    }
    struct Address: Encodable {
        var address: String
        var displayName: String
    }
    struct Recipients: Encodable { var to: [Address] }

    var senderAddress: String
    var content: Content
    var recipients: Recipients
}
