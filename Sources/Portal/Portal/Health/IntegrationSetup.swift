import FunctionKit

/// What the settings say of an integration, and where to look first when it does not work.
struct IntegrationSetup: Sendable {
    /// Which one.
    let integration: Integration
    /// True when it has all the settings that it needs.
    let isConfigured: Bool
    /// What is half set; nil when nothing is. Names settings, never values.
    let problem: String?
    /// The server to ask; nil where there is none, or none is known.
    let url: String?
    /// The kind of its runs in `sync_runs`; nil where it is not synchronised.
    let syncKind: String?
    /// What people notice.
    let feature: String
    /// What to check first.
    let hint: String

    /// All integrations, in the order of the documentation.
    static func all(of portal: Portal, mailer: Mailer, legal: LegalWebhookSender) -> [IntegrationSetup] {
        let settings = portal.settings
        return [
            IntegrationSetup(
                integration: .psa,
                isConfigured: settings.psa != nil,
                problem: half(["PSA_API_URL", "PSA_SERVICE_KEY"], portal),
                url: settings.psa?.baseURL,
                syncKind: "tickets",
                feature: "Tickets not syncing to PSA",
                hint: "PSA_SERVICE_KEY set? PSA integration enabled?"
            ),
            IntegrationSetup(
                integration: .hubSSO,
                isConfigured: settings.clientSSOSecret != nil,
                problem: nil,
                url: nil,
                syncKind: nil,
                feature: "Hub SSO login failing",
                hint: "PORTAL_CLIENT_SSO_SECRET matches on both Hub and Portal?"
            ),
            IntegrationSetup(
                integration: .legal,
                isConfigured: settings.integrationKey != nil,
                problem: settings.legalWebhookURL == nil && settings.legalWebhookSecret == nil ? nil : legal.problem,
                url: settings.legalWebhookURL,
                syncKind: nil,
                feature: "Documents not showing for signature",
                hint: "PORTAL_INTEGRATION_KEY set on Legal API?"
            ),
            IntegrationSetup(
                integration: .mission,
                isConfigured: settings.mission != nil,
                problem: half(["MISSION_API_URL", "MISSION_SERVICE_KEY"], portal),
                url: settings.mission?.baseURL,
                syncKind: nil,
                feature: "Mission pages empty",
                hint: "MISSION_API_URL and MISSION_SERVICE_KEY set? Mission API up?"
            ),
            IntegrationSetup(
                integration: .books,
                isConfigured: settings.books != nil,
                problem: half(["BOOKS_API_URL", "BOOKS_SERVICE_KEY"], portal),
                url: settings.books?.baseURL,
                syncKind: "invoices",
                feature: "Invoices not appearing",
                hint: "BOOKS_SERVICE_KEY set? 6-hour sync timer fired?"
            ),
            IntegrationSetup(
                integration: .email,
                isConfigured: mailer.isConfigured,
                problem: mailer.problems.isEmpty ? nil : mailer.problems.joined(separator: " "),
                url: mailer.endpoints.first,
                syncKind: nil,
                feature: "Invite emails not sending",
                hint: "SES_FROM_ADDRESS verified in AWS SES?"
            ),
        ]
    }

    /// A sentence when some of the settings are set and others are not.
    private static func half(_ names: [String], _ portal: Portal) -> String? {
        let missing = names.filter { portal.app.settings[$0] == nil }
        guard !missing.isEmpty, missing.count < names.count else { return nil }
        return "\(missing.joined(separator: ", ")) is not set."
    }
}
