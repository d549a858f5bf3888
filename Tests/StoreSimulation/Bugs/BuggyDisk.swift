internal import DocumentStore

/// A disk that is used wrongly, as far as the tenants' own files go.
struct BuggyDisk: Disk {
    private let disk: SimulatedDisk
    private let bug: SimulatedBug

    init(_ disk: SimulatedDisk, _ bug: SimulatedBug) {
        self.disk = disk
        self.bug = bug
    }

    func makeFolder(_ path: String) throws(DiskError) { try disk.makeFolder(path) }

    func names(in folder: String) throws(DiskError) -> [String]? { try disk.names(in: folder) }

    func open(_ path: String, _ mode: DiskOpenMode) throws(DiskError) -> (any DiskFile)? {
        try disk.open(path, mode).map { isData(path) ? BuggyFile($0, isNew: mode == .create, bug) : $0 }
    }

    private func isData(_ path: String) -> Bool { path.contains("/tenants/") }

    func rename(_ path: String, to newPath: String) throws(DiskError) {
        try disk.rename(path, to: newPath)
    }

    func remove(_ path: String) throws(DiskError) { try disk.remove(path) }

    func syncFolder(_ path: String) throws(DiskError) {
        if bug != .noFolderSync || !isData(path) { try disk.syncFolder(path) }
    }
}

/// `@unchecked Sendable`: used by the simulation's one thread only.
private final class BuggyFile: DiskFile, @unchecked Sendable {
    private let file: any DiskFile
    private let isNew: Bool
    private let bug: SimulatedBug
    private var owesSync = false

    init(_ file: any DiskFile, isNew: Bool, _ bug: SimulatedBug) {
        self.file = file
        self.isNew = isNew
        self.bug = bug
    }

    private func catchUp() throws(DiskError) {
        guard owesSync else { return }
        owesSync = false
        try file.sync()
    }

    func size() throws(DiskError) -> Int { try file.size() }

    func read(at offset: Int, count: Int) throws(DiskError) -> [UInt8] {
        do throws(DiskError) {
            return try file.read(at: offset, count: count)
        } catch {
            if bug == .failedReadIsEnd { return [] }
            throw error
        }
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(DiskError) {
        try catchUp()
        do throws(DiskError) {
            try file.write(bytes, at: offset)
        } catch {
            guard bug == .fullDiskIgnored, error.isFullDisk else { throw error }
        }
    }

    func truncate(to size: Int) throws(DiskError) {
        try catchUp()
        if bug != .cutIgnored { try file.truncate(to: size) }
    }

    func sync() throws(DiskError) {
        switch bug {
        case .noSync: break
        case .lateSync: owesSync = true
        case .renameBeforeSync where isNew: break
        case .syncTriedAgain:
            do throws(DiskError) {
                try file.sync()
            } catch {
                try file.sync()
            }
        default: try file.sync()
        }
    }

    func lock() throws(DiskError) -> Bool { try file.lock() }
}
