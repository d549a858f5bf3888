/// The document store as a function sees it: one tenant at a time.
///
/// Nothing here takes a tenant and a document id together, so no call reaches across tenants.
public struct Store: Sendable {
    let engine: any StoreEngine
    let clock: any AppClock
    let random: any RandomSource
    let logger: Logger

    /// Makes a store over an engine; the host and the test kit call it.
    public init(engine: any StoreEngine, clock: any AppClock, random: any RandomSource, logger: Logger) {
        self.engine = engine
        self.clock = clock
        self.random = random
        self.logger = logger
    }

    /// The documents of a tenant.
    ///
    /// - Throws: ``StoreError`` with `invalidName` for a text that is no slug, system partitions among them. A tenant that
    ///   nobody wrote to is empty, not an error.
    public func tenant(_ slug: String) throws(StoreError) -> TenantStore {
        let name = try TenantName(slug)
        guard !name.isSystem else {
            throw StoreError(.invalidName, "'\(slug)' is a system partition, not a tenant.")
        }
        return tenant(name)
    }

    /// A partition that belongs to the app and to no tenant, such as `_portal`.
    ///
    /// - Throws: ``StoreError`` with `invalidName` for a name without the underscore, and for the host's own `_host`.
    public func system(_ name: String) throws(StoreError) -> TenantStore {
        let name = try TenantName(name)
        guard name.isSystem, name != .host else {
            throw StoreError(.invalidName, "'\(name)' is not a system partition of the app.")
        }
        return tenant(name)
    }

    /// The partition of a validated name: a tenant's, as a queue message carries it, or a system partition.
    public func tenant(_ name: TenantName) -> TenantStore {
        TenantStore(
            partition: engine.partition(name),
            clock: clock,
            random: random,
            ids: IdentifierSource(clock: clock, random: random)
        )
    }
}

/// One tenant's documents.
public struct TenantStore: Sendable {
    /// The engine's side of this tenant.
    public let partition: any TenantPartition
    let clock: any AppClock
    let random: any RandomSource
    let ids: IdentifierSource

    /// Whose documents these are.
    public var name: TenantName { partition.tenant }

    /// A collection of this tenant.
    public func collection<Document>(_ definition: CollectionDefinition<Document>) -> DocumentCollection<Document> {
        DocumentCollection(tenant: self, definition: definition)
    }

    /// Commits several documents and queue messages together or not at all.
    ///
    /// `body` may run several times: when another writer changed a document that it read, everything is thrown away and it
    /// runs again on the new state, up to ``StoreLimits/attemptsMax`` times. It must have no effect outside the transaction.
    /// Documents read with ``Transaction/get(_:from:)`` are guarded; pages of a query are not.
    /// - Throws: what `body` throws (nothing is written then); ``StoreError`` with `conflict` when it never succeeds, and
    ///   with `alreadyExists` or `uniqueViolation` at once, since running again would not help.
    public func transaction<Result>(_ body: (inout Transaction) async throws -> Result) async throws -> Result {
        for attempt in 0..<StoreLimits.attemptsMax {
            var transaction = Transaction(tenant: self)
            let result = try await body(&transaction)
            do throws(StoreError) {
                try await transaction.commit()
                return result
            } catch {
                guard error.code == .revisionMismatch || error.code == .notFound else { throw error }
            }
            try await pause(after: attempt)
        }
        throw StoreError(
            .conflict,
            "The transaction in '\(name)' lost against other writers \(StoreLimits.attemptsMax) times. Try again."
        )
    }

    /// Waits a little longer after each lost attempt, with jitter, so that writers do not lose in step.
    func pause(after attempt: Int) async throws {
        guard attempt > 0 else { return }
        try await clock.sleep(for: .milliseconds(Int64(random.fraction() * Double(min(1 << attempt, 64)))))
    }
}
