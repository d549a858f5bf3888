internal import FunctionKit
internal import Glibc

/// The layout of a data folder.
///
///     data/format.json                                     {"format":"postern-data","version":2}
///     data/postern.lock                                    the pid of the process that has it
///     data/tenants/<slug>/00000001-00000001.jsonl          segments of the tenant's log; see LogLine and SegmentRange
///     data/tenants/<slug>/index.hint                       where the documents are, for a quick start; see HintFile
struct DataFolder: Sendable {
    let path: String
    let disk: any Disk

    static let format = "{\"format\":\"postern-data\",\"version\":2}\n"

    var tenantsPath: String { path + "/tenants" }
    func folder(of tenant: TenantName) -> String { "\(tenantsPath)/\(tenant)" }
    func segment(_ range: SegmentRange, of tenant: TenantName) -> String { "\(folder(of: tenant))/\(range.fileName)" }
    func hint(of tenant: TenantName) -> String { "\(folder(of: tenant))/\(Self.hintName)" }

    static let hintName = "index.hint"
    /// Behind the name of a file that is being written and does not count yet.
    static let unfinishedSuffix = ".new"

    private static let formatName = "format.json"
    private var formatPath: String { "\(path)/\(Self.formatName)" }
    private var lockPath: String { path + "/postern.lock" }

    /// Makes the folder where it is missing, takes its lock, and checks the format.
    ///
    /// - Returns: the lock, which is released with its last reference.
    func openExclusively() throws(StoreError) -> any DiskFile {
        try onDisk { () throws(DiskError) in try disk.makeFolders(path) }
        let lock = try takeLock()
        if try !checkFormat() { try onDisk { () throws(DiskError) in try writeFormat() } }
        try onDisk { () throws(DiskError) in
            try disk.makeFolder(tenantsPath)
            try disk.syncFolder(path)
        }
        return lock
    }

    /// Checks that the folder is there and of a known format.
    func openForReading() throws(StoreError) {
        guard try onDisk({ () throws(DiskError) in try disk.names(in: path) }) != nil else {
            throw StoreError(.unavailable, "There is no data folder at '\(path)'. Name the --data folder of a host.")
        }
        _ = try checkFormat()
    }

    /// The tenants whose folder has a log, or cannot be looked into, in ascending order.
    func tenants() throws(DiskError) -> [TenantName] {
        var result: [TenantName] = []
        for name in try disk.names(in: tenantsPath) ?? [] {
            guard let tenant = try? TenantName(name) else { continue }
            do throws(DiskError) {
                if try !segments(of: tenant).ranges.isEmpty { result.append(tenant) }
            } catch {
                // What is wrong with one tenant's folder is that tenant's affair.
                result.append(tenant)
            }
        }
        return result.sorted()
    }

    /// What lies in a tenant's folder.
    func segments(of tenant: TenantName) throws(DiskError) -> SegmentListing {
        do throws(DiskError) {
            return SegmentListing(names: try disk.names(in: folder(of: tenant)) ?? [])
        } catch {
            // A file of that name is no tenant.
            guard error.number == ENOTDIR else { throw error }
            return SegmentListing(names: [])
        }
    }

    private func takeLock() throws(StoreError) -> any DiskFile {
        let file = try onDisk { () throws(DiskError) in try disk.open(lockPath, .createOrKeep) }
        guard let file else { throw DiskError("open", lockPath, ENOENT).storeError }
        guard try onDisk({ () throws(DiskError) in try file.lock() }) else {
            let pid = (try? file.readFully(at: 0, count: 32)).map {
                String(decoding: $0.prefix { $0 > 0x20 }, as: UTF8.self)
            }
            throw StoreError(
                .locked,
                "The data folder '\(path)' is used by another process\(pid.map { " (pid \($0))" } ?? ""). Stop that one, or "
                    + "name another folder with --data."
            )
        }
        try onDisk { () throws(DiskError) in
            try file.truncate(to: 0)
            try file.write(Array("\(getpid())\n".utf8), at: 0)
        }
        return file
    }

    /// False when the folder has no format file.
    private func checkFormat() throws(StoreError) -> Bool {
        let bytes = try onDisk { () throws(DiskError) -> [UInt8]? in
            try disk.open(formatPath, .read)?.readFully(at: 0, count: 4096)
        }
        guard let bytes else { return false }
        guard bytes == Array(Self.format.utf8) else {
            throw StoreError(
                .unavailable,
                "The data folder '\(path)' has a format that this Postern does not know: "
                    + "\(String(decoding: bytes.prefix(80), as: UTF8.self)). Use the version that made it."
            )
        }
        return true
    }

    /// Writes the format file, durably.
    func writeFormat() throws(DiskError) { try disk.writeWhole(Array(Self.format.utf8), to: Self.formatName, in: path) }
}
