import FoundationEssentials
import FunctionKit

/// Amazon SES, API version 2: `SendEmail` with simple content, signed with Signature Version 4.
///
/// https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
struct SESMailProvider: MailProvider {
    let name = "Amazon SES"
    /// The base URL without a trailing slash.
    let baseURL: String
    let fromAddress: String
    let signature: AWSSignature
    let http: any HTTPClient

    var endpoint: String? { baseURL }

    func send(_ email: Email) async throws {
        let content = SESRequest(
            fromEmailAddress: HeaderEncoding.mailbox(name: email.senderName, address: fromAddress)
                .split(separator: "\r\n").joined(),
            destination: .init(toAddresses: [email.to.address]),
            content: .init(
                simple: .init(
                    subject: .init(data: email.subject),
                    body: .init(text: .init(data: email.text), html: .init(data: email.html))
                )
            )
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let request = OutboundRequest(
            method: .post,
            url: "\(baseURL)/v2/email/outbound-emails",
            headers: ["Content-Type": "application/json"],
            body: HTTPBody(Array(try encoder.encode(content))),
            totalTimeout: MailLimits.totalTimeout,
            awsSignature: signature
        )
        try await exchange(request, over: http)
    }
}

/// The body of `SendEmail`, as far as it is used.
private struct SESRequest: Encodable {
    struct Text: Encodable {
        var data: String
        var charset = "UTF-8"
        enum CodingKeys: String, CodingKey {
            case data = "Data"
            case charset = "Charset"
        }
    }
    struct Body: Encodable {
        var text: Text
        var html: Text
        enum CodingKeys: String, CodingKey {
            case text = "Text"
            case html = "Html"
        }
    }
    struct Simple: Encodable {
        var subject: Text
        var body: Body
        enum CodingKeys: String, CodingKey {
            case subject = "Subject"
            case body = "Body"
        }
    }
    struct Content: Encodable {
        var simple: Simple
        enum CodingKeys: String, CodingKey { case simple = "Simple" }
    }
    struct Destination: Encodable {
        var toAddresses: [String]
        enum CodingKeys: String, CodingKey { case toAddresses = "ToAddresses" }
    }

    var fromEmailAddress: String
    var destination: Destination
    var content: Content
    enum CodingKeys: String, CodingKey {
        case fromEmailAddress = "FromEmailAddress"
        case destination = "Destination"
        case content = "Content"
    }
}
