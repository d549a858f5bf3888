import FunctionKit

/// The app settings of e-mail, read once, with a sentence for whatever is half set.
struct MailSettings {
    struct SES {
        var baseURL: String
        var fromAddress: String
        var signature: AWSSignature
    }

    struct ACS {
        var connection: ACSConnection
        var fromAddress: String
    }

    private(set) var ses: SES?
    private(set) var acs: ACS?
    private(set) var problems: [String] = []

    init(_ settings: AppSettings) {
        if settings["SES_FROM_ADDRESS"] != nil { readSES(settings) }
        if settings["ACS_CONNECTION_STRING"] != nil { readACS(settings) }
    }

    private mutating func readSES(_ settings: AppSettings) {
        let names = ["SES_FROM_ADDRESS", "SES_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
        let missing = names.filter { settings[$0] == nil }
        guard let from = settings["SES_FROM_ADDRESS"], let region = settings["SES_REGION"],
            let keyID = settings["AWS_ACCESS_KEY_ID"], let secret = settings["AWS_SECRET_ACCESS_KEY"]
        else {
            problems.append("Amazon SES needs \(missing.joined(separator: ", ")) too.")
            return
        }
        guard Mailbox.isAddress(from) else {
            problems.append("SES_FROM_ADDRESS is not an e-mail address.")
            return
        }
        var baseURL = settings["SES_ENDPOINT"] ?? "https://email.\(region).amazonaws.com"
        while baseURL.hasSuffix("/") { baseURL.removeLast() }
        ses = SES(
            baseURL: baseURL,
            fromAddress: from,
            signature: AWSSignature(
                service: "ses",
                region: region,
                accessKeyID: keyID,
                secretAccessKey: secret,
                sessionToken: settings["AWS_SESSION_TOKEN"]
            )
        )
    }

    private mutating func readACS(_ settings: AppSettings) {
        guard let connection = settings["ACS_CONNECTION_STRING"].flatMap({ ACSConnection($0) }) else {
            problems.append("ACS_CONNECTION_STRING does not have the form 'endpoint=https://…/;accesskey=…'.")
            return
        }
        guard let from = settings["ACS_FROM_ADDRESS"], Mailbox.isAddress(from) else {
            problems.append("ACS_FROM_ADDRESS is missing or not an e-mail address.")
            return
        }
        acs = ACS(connection: connection, fromAddress: from)
    }
}
