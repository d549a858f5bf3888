internal import FunctionKit

/// What the store was told and what it said, and so what it has to hold.
///
/// `@unchecked Sendable`: used by the simulation's one thread only.
final class StoreModel: @unchecked Sendable {
    /// One tenant's part.
    struct Tenant {
        /// What it held when everything was last looked through, by place.
        var base = [Held?](repeating: nil, count: Place.count)
        /// The greatest revision known then.
        var floor: Int64 = 0
        /// Who has a revision.
        var owners: [Int64: Int] = [:]
        /// The operations since then.
        var operations: [Int] = []
        /// The reader of its changes.
        var feed = Feed()
        /// Batches of before that may still turn out to be done, because what they wrote could not be seen.
        var open: [Int] = []
        var hasAcknowledged = false
        /// The collections whose schema was acknowledged.
        var declared: Set<CollectionName> = []
        /// The greatest revision that was ever told.
        var highest: Int64 = 0
    }

    let clock: SimulatedClock
    let trace: EventTrace
    private(set) var versions: [Version] = []
    var batches: [Batch] = []
    private(set) var operations: [Operation] = []
    var tenants: [Tenant]
    /// How many bytes the documents of one tenant may have together; nil for any number.
    var quota: Int?
    /// The number of the process's life.
    var life = 0
    /// The first promise that was broken.
    private(set) var failure: String?

    init(tenants: Int, clock: SimulatedClock, trace: EventTrace) {
        self.clock = clock
        self.trace = trace
        self.tenants = (0..<tenants).map { _ in Tenant() }
    }

    /// Notes a broken promise; the first one counts.
    func fail(_ message: String) {
        guard failure == nil else { return }
        trace.note("BROKEN", "", detail: message)
        failure = message
    }

    /// The name of a tenant.
    static func name(_ tenant: Int) -> TenantName {
        guard let name = try? TenantName("tenant-\(tenant)") else { preconditionFailure("a valid name") }
        return name
    }

    func makeVersion(
        _ tenant: Int,
        _ place: Place,
        group: Int,
        unique: String?,
        expiresAt: Timestamp?,
        padding: Int
    ) -> Int {
        versions.append(
            Version(
                number: versions.count,
                tenant: tenant,
                place: place,
                group: group,
                unique: unique,
                expiresAt: expiresAt,
                // The batch is made when its writes are complete.
                batch: batches.count,
                padding: padding
            )
        )
        return versions.count - 1
    }

    func begin(_ tenant: Int, _ call: Operation.Call) -> Int {
        operations.append(Operation(tenant: tenant, life: life, begun: trace.note("begin", "", tenant), call: call))
        tenants[tenant].operations.append(operations.count - 1)
        return operations.count - 1
    }

    func end(_ operation: Int, _ answer: Operation.Answer) {
        operations[operation].ended = trace.note("end", "", operation, detail: "\(answer)")
        operations[operation].answer = answer
    }

    /// Takes note of a document that somebody read.
    ///
    /// - Returns: nil when it is nothing that anybody wrote; then the promise is broken.
    func see(_ tenant: Int, _ collection: CollectionName, _ document: StoredDocument) -> Held? {
        let text = "'\(document.id)' of '\(collection)' of tenant \(tenant), revision \(document.revision.rawValue)"
        guard let number = Version.number(in: document.body), versions.indices.contains(number),
            versions[number].body == document.body
        else {
            fail("\(text) has a body that nobody wrote: \(String(decoding: document.body.prefix(80), as: UTF8.self))")
            return nil
        }
        let version = versions[number]
        guard version.tenant == tenant, version.place == Place(collection, document.id) else {
            fail(
                "\(text) shows version \(number), which was written to \(version.place.key) of tenant \(version.tenant)"
            )
            return nil
        }
        guard version.expiresAt == document.expiresAt, document.createdAt <= document.updatedAt,
            document.createdAt == version.createdAt ?? document.createdAt
        else {
            fail("\(text) shows version \(number) with other times than it was written with")
            return nil
        }
        versions[number].createdAt = document.createdAt
        prove(version, document, text)
        return Held(version: number, revision: document.revision.rawValue)
    }

    private func prove(_ version: Version, _ document: StoredDocument, _ text: String) {
        let revision = document.revision.rawValue
        let batch = batches[version.batch]
        switch batch.status {
        case .gone: fail("\(text) shows version \(version.number), whose batch was refused or lost")
        case .unknown:
            batches[version.batch].status = .seen
            batches[version.batch].committedAt = document.updatedAt
            own(revision, by: version.batch)
        case .acknowledged, .seen:
            if batch.revision != revision || batch.committedAt != document.updatedAt {
                fail("\(text) shows version \(version.number), which was committed as revision \(batch.revision ?? 0)")
            }
        }
    }

    /// Takes note that a batch with documents has a revision.
    func own(_ revision: Int64, by batch: Int) {
        let tenant = batches[batch].tenant
        batches[batch].revision = revision
        tenants[tenant].highest = max(tenants[tenant].highest, revision)
        guard batches[batch].puts else { return }
        if let other = tenants[tenant].owners.updateValue(batch, forKey: revision), other != batch {
            fail("revision \(revision) of tenant \(tenant) was given to two batches, \(other) and \(batch)")
        }
    }
}
