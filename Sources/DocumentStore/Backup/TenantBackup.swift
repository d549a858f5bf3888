internal import Crypto
internal import FunctionKit
internal import Glibc

/// Copies one tenant's log files as of one moment.
struct TenantBackup {
    let tenant: TenantName
    let source: DataFolder
    let target: DataFolder

    /// How often the set of files is looked at again because a compaction has just changed it: 1000 times.
    private static let attemptsMax = 1000

    /// Copies everything.
    ///
    /// A tenant whose files are damaged or cannot be read is told of in the result, and leaves no log file behind.
    /// - Throws: an error of the destination.
    func run() throws(DiskError) -> BackupManifest.Tenant {
        var result = BackupManifest.Tenant(tenant: tenant.description, lastSequence: 0, files: [])
        do throws(LogFileCopy.Failure) {
            let files = try openFiles()
            try onTarget { () throws(DiskError) in try target.disk.makeFolder(target.folder(of: tenant)) }
            for (index, file) in files.enumerated() {
                try copy(file, isLast: index == files.count - 1, to: &result)
            }
            try onTarget { () throws(DiskError) in try target.disk.syncFolder(target.folder(of: tenant)) }
        } catch {
            switch error {
            case .destination(let error): throw error
            case .source(let failure):
                for name in try target.segments(of: tenant).all {
                    try target.disk.remove("\(target.folder(of: tenant))/\(name)")
                }
                result = BackupManifest.Tenant(
                    tenant: tenant.description,
                    lastSequence: 0,
                    files: [],
                    failure: failure
                )
            }
        }
        return result
    }

    private typealias OpenFile = (name: SegmentRange, snapshot: FileSnapshot)

    /// Opens all files before anything is read: whatever a compaction removes or replaces from then on stays readable. The set
    /// is right when it is the same before and after, since no name comes back.
    private func openFiles() throws(LogFileCopy.Failure) -> [OpenFile] {
        var refusal: DiskError?
        for _ in 0..<Self.attemptsMax {
            do throws(DiskError) {
                let listing = try source.segments(of: tenant)
                var files: [OpenFile] = []
                for name in listing.ranges {
                    let path = "\(source.folder(of: tenant))/\(name)"
                    guard let file = try source.disk.open(path, .read) else { break }
                    files.append((name, try FileSnapshot(file, path: path)))
                }
                if try source.segments(of: tenant).all == listing.all { return files }
            } catch {
                refusal = error
                break
            }
        }
        throw .source(
            .init(
                file: source.folder(of: tenant),
                offset: nil,
                reason: refusal?.description ?? "the files changed faster than they could be opened"
            )
        )
    }

    private func copy(
        _ file: OpenFile,
        isLast: Bool,
        to result: inout BackupManifest.Tenant
    ) throws(LogFileCopy.Failure) {
        let path = "\(target.folder(of: tenant))/\(file.name)"
        let copy = try onTarget { () throws(DiskError) -> any DiskFile in
            guard let copy = try target.disk.open(path, .create) else { throw DiskError("open", path, ENOENT) }
            return copy
        }
        var copying = LogFileCopy(
            of: file.snapshot,
            path: "\(source.folder(of: tenant))/\(file.name)",
            to: copy,
            isLast: isLast,
            lastSequence: result.lastSequence
        )
        let digest = try copying.run()
        result.lastSequence = copying.lastSequence
        result.files.append(.init(name: file.name.description, bytes: copying.bytes, sha256: hexText(digest)))
    }

    private func onTarget<Result>(
        _ body: () throws(DiskError) -> Result
    ) throws(LogFileCopy.Failure) -> Result {
        do throws(DiskError) {
            return try body()
        } catch {
            throw .destination(error)
        }
    }
}
