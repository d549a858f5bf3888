public import FunctionKit

/// Another program, or a service, that the portal works with.
public enum Integration: String, Codable, Sendable, CaseIterable {
    /// The One PSA: tickets.
    case psa
    /// The One Hub: sign-in.
    case hubSSO = "hub_sso"
    /// Legal: policies and signatures.
    case legal
    /// The One Mission: the pages of members.
    case mission
    /// The One Books: invoices.
    case books
    /// Amazon SES or Azure Communication Services.
    case email
}

/// When an integration last worked and last failed; the document's id is its name.
public struct IntegrationRecord: Codable, Sendable {
    /// When it last worked, to within ``IntegrationJournal/interval``.
    public var lastSuccessAt: Timestamp?
    /// When it last failed, to within ``IntegrationJournal/interval``.
    public var lastErrorAt: Timestamp?
    /// What went wrong then. Never a secret.
    public var lastError: String?

    private enum CodingKeys: String, CodingKey {
        case lastSuccessAt = "last_success_at"
        case lastErrorAt = "last_error_at"
        case lastError = "last_error"
    }
}

extension CollectionDefinition where Document == IntegrationRecord {
    /// The journal, in the system partition.
    public static var integrations: CollectionDefinition<IntegrationRecord> { integrationsDefinition }
}

private let integrationsDefinition = CollectionDefinition<IntegrationRecord>("integrations")

/// Notes for health how calls to other programs went, without a write for each call.
public final class IntegrationJournal: Sendable {
    /// How often the same outcome of an integration is written at the most.
    public static let interval: Duration = .seconds(60)
    /// The most characters of an error that are kept.
    static let errorCharactersMax = 300

    private struct Outcome: Hashable {
        var integration: Integration
        var isSuccess: Bool
    }

    private let records: DocumentCollection<IntegrationRecord>
    private let clock: any AppClock
    private let logger: Logger
    private let written = LockedState<[Outcome: Duration]>([:])

    /// Makes a journal in the system partition.
    public init(app: AppContext) throws {
        records = try Portal.systemStore(app).collection(.integrations)
        clock = app.clock
        logger = app.logger
    }

    /// Notes that a call worked. A note that cannot be written is logged and forgotten: the call matters more.
    public func succeeded(_ integration: Integration) async {
        let now = clock.now
        await write(Outcome(integration: integration, isSuccess: true)) { $0.lastSuccessAt = now }
    }

    /// Notes that a call failed.
    public func failed(_ integration: Integration, _ reason: String) async {
        let now = clock.now
        await write(Outcome(integration: integration, isSuccess: false)) {
            $0.lastErrorAt = now
            $0.lastError = String(reason.prefix(IntegrationJournal.errorCharactersMax))
        }
    }

    /// What is known of an integration.
    public func record(of integration: Integration) async throws -> IntegrationRecord? {
        try await records.get(integration.rawValue)?.value
    }

    private func write(_ outcome: Outcome, _ change: (inout IntegrationRecord) -> Void) async {
        let now = clock.uptime
        let isDue = written.withLock { written in
            if let last = written[outcome], now - last < IntegrationJournal.interval { return false }
            written[outcome] = now
            return true
        }
        guard isDue else { return }
        let id = outcome.integration.rawValue
        do {
            guard try await records.update(id, change) == nil else { return }
            var record = IntegrationRecord()
            change(&record)
            try await records.upsert(record, id: id)
        } catch {
            logger.warning("Could not note how \(id) went: \(error)")
        }
    }
}
