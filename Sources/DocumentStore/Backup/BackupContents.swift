internal import Crypto
internal import FunctionKit

/// A backup as it is read again, with everything checked that its manifest claims.
struct BackupContents: Sendable {
    /// A log file of a manifest whose name has been checked.
    struct File: Sendable {
        var name: SegmentRange
        var bytes: Int
        var sha256: String
    }

    /// A tenant of a manifest whose names have been checked.
    struct Tenant: Sendable {
        var name: TenantName
        var entry: BackupManifest.Tenant
        var files: [File]
    }

    let folder: DataFolder
    var path: String { folder.path }

    private static let chunkBytes = 1 << 20

    /// Reads the manifest and checks the names in it.
    func manifest() throws(StoreError) -> [Tenant] {
        try folder.openForReading()
        let path = "\(folder.path)/\(BackupManifest.fileName)"
        let bytes = try onDisk { () throws(DiskError) in
            try folder.disk.readWhole(path, bytesMax: BackupManifest.bytesMax)
        }
        guard let bytes else {
            throw StoreError(
                .damaged,
                "'\(folder.path)' has no '\(BackupManifest.fileName)': it is no backup, or one that was interrupted. Nothing was "
                    + "restored; use another backup."
            )
        }
        guard let manifest = BackupManifest(bytes) else {
            throw disorder(BackupManifest.fileName, "is not what this Postern writes there")
        }
        var tenants: [Tenant] = []
        var names: Set<String> = []
        for entry in manifest.tenants {
            guard let name = try? TenantName(entry.tenant), names.insert(entry.tenant).inserted else {
                throw disorder(
                    BackupManifest.fileName,
                    "names the tenant '\(entry.tenant)', which no tenant can have here"
                )
            }
            tenants.append(Tenant(name: name, entry: entry, files: try files(entry)))
        }
        return tenants
    }

    private func files(_ entry: BackupManifest.Tenant) throws(StoreError) -> [File] {
        var files: [File] = []
        for file in entry.files {
            guard let name = SegmentRange(fileName: file.name), file.bytes >= 0,
                !files.contains(where: { $0.name == name })
            else {
                throw disorder(
                    BackupManifest.fileName,
                    "names the file '\(file.name)' of '\(entry.tenant)', which no log file can have"
                )
            }
            files.append(File(name: name, bytes: file.bytes, sha256: file.sha256))
        }
        guard entry.failure != nil || !files.isEmpty else {
            throw disorder(BackupManifest.fileName, "names no file of '\(entry.tenant)'")
        }
        return files
    }

    /// Checks that a tenant's files are there, no others are, and every byte is what was backed up.
    func verify(_ tenant: Tenant) throws(StoreError) {
        let present = try onDisk { () throws(DiskError) in
            try folder.disk.names(in: folder.folder(of: tenant.name)) ?? []
        }
        let known = Set(tenant.files.map(\.name.fileName))
        if let stranger = present.sorted().first(where: { $0.hasSuffix(SegmentRange.suffix) && !known.contains($0) }) {
            throw disorder(place(stranger, tenant.name), "is not in \(BackupManifest.fileName)")
        }
        for file in tenant.files { try read(file, of: tenant.name) { _, _ in } }
    }

    /// Reads a file in pieces and checks it.
    ///
    /// - Parameter body: gets each piece and its offset. What it has got counts only if this returns.
    func read(
        _ file: File,
        of tenant: TenantName,
        _ body: ([UInt8], Int) throws(StoreError) -> Void
    ) throws(StoreError) {
        let place = place(file.name.fileName, tenant)
        guard
            let source = try onDisk({ () throws(DiskError) in try folder.disk.open("\(folder.path)/\(place)", .read) })
        else { throw disorder(place, "is missing") }
        let size = try onDisk { () throws(DiskError) in try source.size() }
        guard size == file.bytes else {
            throw disorder(place, "has \(size) bytes instead of \(file.bytes)")
        }
        let digest = RunningSHA256()
        var offset = 0
        while offset < size {
            let count = min(Self.chunkBytes, size - offset)
            let bytes = try onDisk { () throws(DiskError) in try source.readFully(at: offset, count: count) }
            guard bytes.count == count else { throw disorder(place, "became shorter while it was read") }
            digest.update(bytes)
            try body(bytes, offset)
            offset += count
        }
        guard hexText(digest.finish()) == file.sha256 else {
            throw disorder(place, "has been changed: its SHA-256 is not the one in \(BackupManifest.fileName)")
        }
    }

    private func place(_ name: String, _ tenant: TenantName) -> String { "tenants/\(tenant)/\(name)" }

    private func disorder(_ place: String, _ what: String) -> StoreError {
        StoreError(
            .damaged,
            "The backup '\(folder.path)' is not in order: '\(place)' \(what). Nothing was restored; use another backup, or "
                + "restore single tenants with --tenant."
        )
    }
}
