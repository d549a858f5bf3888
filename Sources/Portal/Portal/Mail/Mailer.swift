public import FunctionKit

/// Sends e-mail through Amazon SES, through Azure Communication Services when SES is absent or fails, and into files in
/// development when neither is set up.
public struct Mailer: Sendable {
    /// The providers in the order in which they are tried; empty when there is none.
    let providers: [any MailProvider]
    /// What is wrong with the settings, for health; each names the setting and never its value.
    public let problems: [String]

    private let logger: Logger

    /// Reads the settings `SES_*`, `AWS_*` and `ACS_*`.
    public init(app: AppContext) {
        let settings = MailSettings(app.settings)
        var providers: [any MailProvider] = []
        if let ses = settings.ses {
            providers.append(
                SESMailProvider(
                    baseURL: ses.baseURL,
                    fromAddress: ses.fromAddress,
                    signature: ses.signature,
                    http: app.http
                )
            )
        }
        if let acs = settings.acs {
            providers.append(
                ACSMailProvider(
                    connection: acs.connection,
                    fromAddress: acs.fromAddress,
                    http: app.http,
                    clock: app.clock
                )
            )
        }
        if providers.isEmpty, settings.problems.isEmpty, app.environment.isDevelopment {
            providers.append(
                FileMailProvider(files: app.files, clock: app.clock, ids: app.ids, logger: app.logger)
            )
        }
        self.providers = providers
        problems = settings.problems
        logger = app.logger
    }

    /// True when an e-mail can leave this machine: a provider with all its settings.
    public var isConfigured: Bool { providers.contains { $0.endpoint != nil } }

    /// The servers that take e-mail, in the order in which they are tried.
    public var endpoints: [String] { providers.compactMap(\.endpoint) }

    /// The providers' names, in the order in which they are tried.
    public var providerNames: [String] { providers.map(\.name) }

    /// Hands an e-mail to the first provider that takes it.
    ///
    /// - Throws: ``MailError``: `notConfigured` when there is no provider; `providerFailed`, in the words of the last one,
    ///   when each failed. The caller decides when to try again.
    public func send(_ email: Email) async throws {
        var failure: (any Error)?
        for provider in providers {
            do {
                return try await provider.send(email)
            } catch {
                logger.warning("\(provider.name) did not take an e-mail.", ["error": "\(error)"])
                failure = error
            }
        }
        throw failure ?? notConfigured
    }

    private var notConfigured: MailError {
        let reason = problems.isEmpty ? "No e-mail provider is set up." : problems.joined(separator: " ")
        return MailError(
            .notConfigured,
            "\(reason) Set SES_FROM_ADDRESS, SES_REGION and the AWS credentials, "
                + "or ACS_CONNECTION_STRING and ACS_FROM_ADDRESS."
        )
    }
}
