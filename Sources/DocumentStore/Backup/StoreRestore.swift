package import FunctionKit
internal import Glibc

/// Brings the tenants of a backup into a data folder that no host uses.
///
/// Everything is verified before anything is changed, all files are copied and synced before any tenant becomes visible, and each
/// tenant then becomes visible at once, by the renaming of its folder.
package struct StoreRestore: Sendable {
    /// What was restored.
    package struct Report: Sendable, Encodable {
        /// The tenants that are there now, with their files.
        package var restored: [BackupManifest.Tenant] = []
        /// The tenants that the backup does not hold, because they could not be backed up.
        package var missing: [BackupManifest.Tenant] = []
    }

    private let backup: BackupContents
    private let target: DataFolder
    private let tenants: [TenantName]?

    /// Prepares to restore.
    ///
    /// - Parameters:
    ///   - backup: the folder that a ``StoreBackup`` made.
    ///   - path: the data folder; made where it is missing.
    ///   - tenants: which tenants; nil for all that the backup holds.
    ///   - disk: how files are reached.
    package init(
        from backup: String,
        to path: String,
        tenants: [TenantName]? = nil,
        disk: any Disk = SystemDisk()
    ) {
        self.backup = BackupContents(folder: DataFolder(path: backup, disk: disk))
        target = DataFolder(path: path, disk: disk)
        self.tenants = tenants
    }

    /// Restores.
    ///
    /// - Throws: ``StoreError``: `damaged` when the backup was never finished or is not what was written; `notFound` for a tenant
    ///   that it does not hold; `locked` when another process has the data folder; `alreadyExists` when a tenant has data there;
    ///   `unavailable` when the disk fails or is full. Nothing has become visible then, unless the error says which tenants have.
    package func run() throws(StoreError) -> Report {
        let (wanted, missing) = try choose(from: backup.manifest())
        for tenant in wanted { try backup.verify(tenant) }
        // Held until everything is in place.
        let lock = try target.openExclusively()
        defer { withExtendedLifetime(lock) {} }
        for tenant in wanted { try checkVacancy(tenant.name) }
        do throws(StoreError) {
            for tenant in wanted { try stage(tenant) }
        } catch {
            for tenant in wanted { try? clear(stagingPath(tenant.name)) }
            throw error
        }
        var report = Report(missing: missing)
        for tenant in wanted {
            try publish(tenant, after: report.restored)
            report.restored.append(tenant.entry)
        }
        return report
    }

    /// The tenants to restore, and those that should be but are not in the backup.
    private func choose(
        from manifest: [BackupContents.Tenant]
    ) throws(StoreError) -> (wanted: [BackupContents.Tenant], missing: [BackupManifest.Tenant]) {
        guard let tenants else {
            return (
                manifest.filter { $0.entry.failure == nil },
                manifest.map(\.entry).filter { $0.failure != nil }
            )
        }
        var wanted: [BackupContents.Tenant] = []
        for name in tenants {
            guard let found = manifest.first(where: { $0.name == name }) else {
                throw StoreError(.notFound, "The backup '\(backup.path)' has no tenant '\(name)'.")
            }
            if let failure = found.entry.failure {
                throw StoreError(
                    .notFound,
                    "Tenant '\(name)' is not in the backup '\(backup.path)', because '\(failure.file)' could not be taken over: "
                        + "\(failure.reason). Use another backup."
                )
            }
            wanted.append(found)
        }
        return (wanted, [])
    }

    private func checkVacancy(_ tenant: TenantName) throws(StoreError) {
        let folder = target.folder(of: tenant)
        let names = try onDisk { () throws(DiskError) in try target.disk.names(in: folder) } ?? []
        guard names.allSatisfy(Self.isLeftover) else {
            throw StoreError(
                .alreadyExists,
                "Tenant '\(tenant)' has data in '\(target.path)' already. Nothing was restored. Restore into another data folder, "
                    + "or move '\(folder)' away first."
            )
        }
    }

    /// What never counts without a log: a file that was being written, and a cache.
    private static func isLeftover(_ name: String) -> Bool {
        name.hasSuffix(DataFolder.unfinishedSuffix) || name == DataFolder.hintName
    }

    /// Where a tenant's files are until they are complete; no tenant's name begins with a dot.
    private func stagingPath(_ tenant: TenantName) -> String { "\(target.tenantsPath)/.restore-\(tenant)" }

    private func stage(_ tenant: BackupContents.Tenant) throws(StoreError) {
        let folder = stagingPath(tenant.name)
        try onDisk { () throws(DiskError) in
            try target.disk.makeFolder(folder)
            try clear(folder)
        }
        for file in tenant.files {
            let copy = try onDisk { () throws(DiskError) in
                try target.disk.open("\(folder)/\(file.name)", .create)
            }
            guard let copy else { throw DiskError("open", "\(folder)/\(file.name)", ENOENT).storeError }
            // Checked once more: what is copied is what counts.
            try backup.read(file, of: tenant.name) { (bytes, offset) throws(StoreError) in
                try onDisk { () throws(DiskError) in try copy.write(bytes, at: offset) }
            }
            try onDisk { () throws(DiskError) in try copy.sync() }
        }
        try onDisk { () throws(DiskError) in try target.disk.syncFolder(folder) }
    }

    /// Removes the files of an earlier try.
    private func clear(_ folder: String) throws(DiskError) {
        for name in try target.disk.names(in: folder) ?? [] { try target.disk.remove("\(folder)/\(name)") }
    }

    private func publish(
        _ tenant: BackupContents.Tenant,
        after restored: [BackupManifest.Tenant]
    ) throws(StoreError) {
        do throws(DiskError) {
            // An empty folder of that name is replaced, a full one never.
            try clear(target.folder(of: tenant.name))
            try target.disk.rename(stagingPath(tenant.name), to: target.folder(of: tenant.name))
            try target.disk.syncFolder(target.tenantsPath)
        } catch {
            let names = restored.map { "'\($0.tenant)'" }.joined(separator: ", ")
            throw StoreError(
                .unavailable,
                "\(error.storeError.message) Restored are \(names.isEmpty ? "no tenants" : names); restore the others with "
                    + "--tenant."
            )
        }
    }
}
