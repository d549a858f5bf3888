package import FunctionKit

extension FileStoreEngine: StoreMaintenance {
    /// Tells what a tenant holds. Nothing is counted anew, whatever that is.
    package func statistics(of tenant: TenantName) async throws(StoreError) -> TenantStatistics {
        try await withLog(of: tenant) { (log) async throws(StoreError) in
            var statistics = TenantStatistics(tenant: tenant)
            statistics.diskBytes = try onDisk { () throws(DiskError) in try log.services.folder.bytes(of: tenant) }
            let (whole, collections) = try log.look { ($0.statistics, $0.figures) }
            statistics.documents = whole.documents
            statistics.liveBytes = whole.liveBytes
            statistics.lastRevision = whole.lastRevision.rawValue
            statistics.nextExpiry = whole.nextExpiry
            statistics.collections = collections.map { name, documents, liveBytes, indexes in
                .init(collection: name.description, documents: documents, liveBytes: liveBytes, indexes: indexes)
            }
            statistics.problem = log.trouble?.message
            return statistics
        }
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
