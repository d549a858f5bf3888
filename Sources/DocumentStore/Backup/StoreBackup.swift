package import FunctionKit

/// Copies the documents of a data folder while a host may be using it, without its help and without keeping it from anything.
///
/// Each tenant is a moment of its own: every write that was acknowledged before the backup began is in it, later ones may be. The
/// result is a data folder, with a manifest that is written last.
package struct StoreBackup: Sendable {
    private let source: DataFolder
    private let target: DataFolder
    private let tenants: [TenantName]?

    /// Prepares a backup.
    ///
    /// - Parameters:
    ///   - path: the data folder.
    ///   - destination: a folder that is empty or not there, outside of the data folder. Both paths are absolute.
    ///   - tenants: which tenants; nil for all.
    ///   - disk: how files are reached.
    package init(
        ofFolder path: String,
        to destination: String,
        tenants: [TenantName]? = nil,
        disk: any Disk = SystemDisk()
    ) {
        source = DataFolder(path: path, disk: disk)
        target = DataFolder(path: destination, disk: disk)
        self.tenants = tenants
    }

    /// Makes the backup.
    ///
    /// - Parameter now: the time to record.
    /// - Returns: what it holds; tenants that are damaged or cannot be read are told of there and are not in it.
    /// - Throws: ``StoreError``: `unavailable` when the data folder cannot be read at all, or the destination is not empty or
    ///   cannot be written; `notFound` for a tenant without a log. What was written by then is no backup, and restoring refuses it.
    package func run(at now: Timestamp) throws(StoreError) -> BackupManifest {
        try source.openForReading()
        let known = try onDisk { () throws(DiskError) in try source.tenants() }
        if let missing = tenants?.first(where: { !known.contains($0) }) {
            throw StoreError(.notFound, "The data folder '\(source.path)' has no tenant '\(missing)'.")
        }
        try checkDestination()
        let copies = try onDestination { () throws(DiskError) in try copy(tenants ?? known) }
        let manifest = BackupManifest(at: now, tenants: copies)
        let bytes = try manifest.json()
        try onDestination { () throws(DiskError) in
            try target.disk.writeWhole(bytes, to: BackupManifest.fileName, in: target.path)
        }
        return manifest
    }

    private func checkDestination() throws(StoreError) {
        guard target.path != source.path, !target.path.hasPrefix(source.path + "/") else {
            throw StoreError(
                .unavailable,
                "The destination '\(target.path)' lies in the data folder itself. Name a folder outside of it."
            )
        }
        guard try onDisk({ () throws(DiskError) in try target.disk.names(in: target.path) })?.isEmpty ?? true else {
            throw StoreError(
                .unavailable,
                "The destination '\(target.path)' is not empty. Name a folder that is empty or not there; a backup never writes "
                    + "over another."
            )
        }
    }

    private func copy(_ tenants: [TenantName]) throws(DiskError) -> [BackupManifest.Tenant] {
        let disk = target.disk
        try disk.makeFolders(target.path)
        try target.writeFormat()
        try disk.makeFolder(target.tenantsPath)
        var copies: [BackupManifest.Tenant] = []
        for tenant in tenants {
            copies.append(try TenantBackup(tenant: tenant, source: source, target: target).run())
        }
        try disk.syncFolder(target.tenantsPath)
        try disk.syncFolder(target.path)
        return copies
    }

    private func onDestination<Result>(
        _ body: () throws(DiskError) -> Result
    ) throws(StoreError) -> Result {
        do throws(DiskError) {
            return try body()
        } catch {
            let remedy = error.isFullDisk ? "Free some space there, or name another disk." : "Check that disk."
            throw StoreError(
                .unavailable,
                "The backup is not finished, because it could not \(error.description). \(remedy) Remove what is in "
                    + "'\(target.path)' before the next try."
            )
        }
    }
}
