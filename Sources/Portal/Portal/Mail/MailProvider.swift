import FunctionKit

/// A way to hand an e-mail over.
protocol MailProvider: Sendable {
    /// The provider's name, for the log and for health.
    var name: String { get }
    /// The URL whose server takes the e-mail; nil where no server is asked.
    var endpoint: String? { get }

    /// Hands the e-mail over.
    ///
    /// - Throws: ``MailError`` with `providerFailed` when it cannot be reached or refuses.
    func send(_ email: Email) async throws
}

extension MailProvider {
    /// Sends a request and turns every answer but a success into an error with the provider's own words.
    func exchange(_ request: OutboundRequest, over http: any HTTPClient) async throws(MailError) {
        let response: OutboundResponse
        do {
            response = try await http.send(request)
        } catch {
            throw MailError(.providerFailed, "\(name) could not be reached: \(error)")
        }
        guard !response.status.isSuccess else { return }
        let words = (try? await response.body.collect(upTo: MailLimits.errorBytesMax)) ?? []
        let reason = singleLine(String(decoding: words.prefix(MailLimits.errorTextBytesMax), as: UTF8.self))
        throw MailError(.providerFailed, "\(name) answered \(response.status.rawValue): \(reason)")
    }
}

/// The bounds of mail. A provider's error beyond them is cut short; its status is reported all the same.
enum MailLimits {
    /// How many bytes of a provider's error are read: 64 KiB.
    static let errorBytesMax = 64 << 10
    /// How many bytes of a provider's error reach the log.
    static let errorTextBytesMax = 300
    /// How long a provider may take in all.
    static let totalTimeout: Duration = .seconds(20)
}
