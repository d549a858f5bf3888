package import FunctionKit

/// What a tenant's documents amount to.
package struct TenantStatistics: Sendable, Hashable, Codable {
    /// One collection.
    package struct Collection: Sendable, Hashable, Codable {
        /// Its name.
        package var collection: String
        /// How many documents it has, expired ones that have not been removed yet included.
        package var documents: Int
        /// The bytes of their JSON.
        package var liveBytes: Int
        /// The indexes that were declared.
        package var indexes: [IndexDefinition]

        private enum CodingKeys: String, CodingKey {
            case collection
            case documents
            case liveBytes = "live_bytes"
            case indexes
        }
    }

    /// Whose documents they are.
    package var tenant: String
    /// How many there are, expired ones that have not been removed yet included.
    package var documents = 0
    /// The bytes of their JSON.
    package var liveBytes = 0
    /// The bytes of all files of the tenant.
    package var diskBytes = 0
    /// The number of the last batch; 0 when nothing was written yet.
    package var lastRevision: Int64 = 0
    /// When the next document disappears by itself; nil when none does.
    package var nextExpiry: Timestamp?
    /// The collections that have documents or indexes, by name.
    package var collections: [Collection] = []
    /// Why the tenant is stopped, or takes no writes; nil when all is well.
    package var problem: String?

    /// Counts nothing yet.
    package init(tenant: TenantName) { self.tenant = tenant.description }

    /// How much of the files is not JSON of documents that exist, from 0 to 1: what was replaced or removed, and the frame of
    /// every line.
    package var deadShare: Double {
        diskBytes > 0 ? Double(max(diskBytes - liveBytes, 0)) / Double(diskBytes) : 0
    }

    private enum CodingKeys: String, CodingKey {
        case tenant
        case documents
        case liveBytes = "live_bytes"
        case diskBytes = "disk_bytes"
        case deadShare = "dead_share"
        case lastRevision = "last_revision"
        case nextExpiry = "next_expiry"
        case collections
        case problem
    }

    /// Reads what ``encode(to:)`` wrote; the dead share follows from the rest.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        tenant = try container.decode(String.self, forKey: .tenant)
        documents = try container.decode(Int.self, forKey: .documents)
        liveBytes = try container.decode(Int.self, forKey: .liveBytes)
        diskBytes = try container.decode(Int.self, forKey: .diskBytes)
        lastRevision = try container.decode(Int64.self, forKey: .lastRevision)
        nextExpiry = try container.decodeIfPresent(Timestamp.self, forKey: .nextExpiry)
        collections = try container.decode([Collection].self, forKey: .collections)
        problem = try container.decodeIfPresent(String.self, forKey: .problem)
    }

    /// Writes everything, `next_expiry` and `problem` only where there is one, the dead share with four digits.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(tenant, forKey: .tenant)
        try container.encode(documents, forKey: .documents)
        try container.encode(liveBytes, forKey: .liveBytes)
        try container.encode(diskBytes, forKey: .diskBytes)
        try container.encode((deadShare * 10_000).rounded() / 10_000, forKey: .deadShare)
        try container.encode(lastRevision, forKey: .lastRevision)
        try container.encodeIfPresent(nextExpiry, forKey: .nextExpiry)
        try container.encode(collections, forKey: .collections)
        try container.encodeIfPresent(problem, forKey: .problem)
    }
}

/// What looks after an engine's tenants, beyond their documents.
package protocol StoreMaintenance: Sendable {
    /// Counts what a tenant holds. A tenant that nobody wrote to has no revision and no bytes.
    ///
    /// - Throws: ``StoreError`` when the tenant is stopped or cannot be read.
    func statistics(of tenant: TenantName) async throws(StoreError) -> TenantStatistics

    /// Gives back the room that replaced and removed documents take; returns when that is done.
    func compact(_ tenant: TenantName) async throws(StoreError)

    /// The tenants in use that are stopped or take no writes any more, each with its reason.
    var troubledTenants: [(tenant: TenantName, reason: StoreError)] { get }
}
