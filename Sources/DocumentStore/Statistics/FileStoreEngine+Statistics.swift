package import FunctionKit

extension FileStoreEngine: StoreMaintenance {
    /// Counts what a tenant holds, on a copy of its state, so that writers wait for nothing.
    package func statistics(of tenant: TenantName) async throws(StoreError) -> TenantStatistics {
        let (state, trouble, diskBytes) = try await withLog(of: tenant) { (log) async throws(StoreError) in
            let bytes = try onDisk { () throws(DiskError) in try log.services.folder.bytes(of: tenant) }
            return (try log.look { copy $0 }, log.trouble, bytes)
        }
        var statistics = TenantStatistics(tenant: tenant)
        statistics.lastRevision = state.lastSequence
        statistics.nextExpiry = state.nextExpiry
        statistics.problem = trouble?.message
        var collections: [CollectionName: TenantStatistics.Collection] = [:]
        for schema in state.declaredSchemas {
            guard let name = try? CollectionName(schema.collection) else { continue }
            collections[name] = .init(
                collection: schema.collection,
                documents: 0,
                liveBytes: 0,
                indexes: schema.indexes
            )
        }
        state.forEachRecord { key, record in
            collections[
                key.collection,
                default: .init(collection: key.collection.description, documents: 0, liveBytes: 0, indexes: [])
            ].add(record.location.count)
        }
        statistics.collections = collections.sorted { $0.key < $1.key }.map(\.value)
        statistics.documents = statistics.collections.reduce(0) { $0 + $1.documents }
        statistics.liveBytes = statistics.collections.reduce(0) { $0 + $1.liveBytes }
        statistics.diskBytes = diskBytes
        return statistics
    }
}

extension TenantStatistics.Collection {
    fileprivate mutating func add(_ bytes: Int) {
        documents += 1
        liveBytes += bytes
    }
}

extension DataFolder {
    /// The bytes of all files in a tenant's folder; one that is removed meanwhile counts for nothing.
    func bytes(of tenant: TenantName) throws(DiskError) -> Int {
        var sum = 0
        for name in try disk.names(in: folder(of: tenant)) ?? [] {
            sum += try disk.open("\(folder(of: tenant))/\(name)", .read)?.size() ?? 0
        }
        return sum
    }
}
