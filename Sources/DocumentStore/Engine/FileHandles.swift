internal import FunctionKit
internal import Glibc
internal import Synchronization

/// The open segment files of all tenants, at most a fixed number of them; the one that was not used for the longest time is
/// closed for a new one.
final class FileHandles: Sendable {
    private let disk: any Disk
    /// Nil when nothing is ever closed: the files of a folder that somebody else writes to may lose their names.
    private let countMax: Int?
    private let files = LockedState<[ObjectIdentifier: LogFile]>([:])
    private let uses = Atomic<UInt64>(0)

    init(disk: any Disk, countMax: Int?) {
        self.disk = disk
        self.countMax = countMax
    }

    /// How many files are open.
    var count: Int { files.withLock { $0.count } }

    func nextUse() -> UInt64 { uses.add(1, ordering: .relaxed).newValue }

    func open(_ path: String, _ mode: DiskOpenMode) throws(DiskError) -> any DiskFile {
        guard let file = try disk.open(path, mode) else { throw DiskError("open", path, ENOENT) }
        return file
    }

    /// Counts a file that has been opened, and closes another one if there are too many.
    func note(_ file: LogFile) {
        let oldest = files.withLock { files -> LogFile? in
            files[ObjectIdentifier(file)] = file
            guard let countMax, files.count > countMax else { return nil }
            let oldest = files.values.filter { $0 !== file }.min { $0.lastUse < $1.lastUse }
            // At once, so that two who come together do not choose the same.
            if let oldest { files[ObjectIdentifier(oldest)] = nil }
            return oldest
        }
        oldest?.close()
    }

    func forget(_ file: LogFile) { files.withLock { $0[ObjectIdentifier(file)] = nil } }

    /// Closes all files.
    func closeAll() {
        for file in files.withLock({ Array($0.values) }) { file.close() }
    }
}
