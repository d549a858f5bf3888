import DocumentStore
import FunctionKit

/// The system's files with failures on request, and a count of those that are open.
final class FaultyDisk: Disk {
    /// What is about to be done, and to which path.
    struct Access: Sendable {
        var operation: String
        var path: String
    }

    private let system = SystemDisk()
    private let fault = LockedState<(@Sendable (Access) -> Int32?)?>(nil)
    private let open = LockedState(0)
    private let syncs = LockedState(0)

    /// Lets each access for which `fault` gives an error number fail with it; a write that fails does half of its work.
    func fail(_ fault: (@Sendable (Access) -> Int32?)?) { self.fault.withLock { $0 = fault } }

    /// Lets accesses of this name fail.
    func fail(_ operation: String, with number: Int32) {
        fail { $0.operation == operation ? number : nil }
    }

    /// How many files are open now.
    var openFiles: Int { open.withLock { $0 } }
    /// How often a file was synced.
    var fileSyncs: Int { syncs.withLock { $0 } }

    fileprivate func check(_ operation: String, _ path: String) throws(DiskError) {
        if let number = fault.withLock({ $0 })?(Access(operation: operation, path: path)) {
            throw DiskError(operation, path, number)
        }
    }

    fileprivate func countOpen(_ change: Int) { open.withLock { $0 += change } }
    fileprivate func countSync() { syncs.withLock { $0 += 1 } }

    func makeFolder(_ path: String) throws(DiskError) {
        try check("make folder", path)
        try system.makeFolder(path)
    }

    func names(in folder: String) throws(DiskError) -> [String]? {
        try check("list", folder)
        return try system.names(in: folder)
    }

    func open(_ path: String, _ mode: DiskOpenMode) throws(DiskError) -> (any DiskFile)? {
        try check("open", path)
        return try system.open(path, mode).map { FaultyFile($0, path, self) }
    }

    func rename(_ path: String, to newPath: String) throws(DiskError) {
        try check("rename", path)
        try system.rename(path, to: newPath)
    }

    func remove(_ path: String) throws(DiskError) {
        try check("remove", path)
        try system.remove(path)
    }

    func syncFolder(_ path: String) throws(DiskError) {
        try check("sync folder", path)
        try system.syncFolder(path)
    }
}

private final class FaultyFile: DiskFile {
    let file: any DiskFile
    let path: String
    let disk: FaultyDisk

    init(_ file: any DiskFile, _ path: String, _ disk: FaultyDisk) {
        self.file = file
        self.path = path
        self.disk = disk
        disk.countOpen(1)
    }

    deinit { disk.countOpen(-1) }

    func size() throws(DiskError) -> Int { try file.size() }

    func read(at offset: Int, count: Int) throws(DiskError) -> [UInt8] {
        try disk.check("read", path)
        return try file.read(at: offset, count: count)
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(DiskError) {
        do throws(DiskError) {
            try disk.check("write", path)
        } catch {
            try file.write(Array(bytes.prefix(bytes.count / 2)), at: offset)
            throw error
        }
        try file.write(bytes, at: offset)
    }

    func truncate(to size: Int) throws(DiskError) {
        try disk.check("cut", path)
        try file.truncate(to: size)
    }

    func sync() throws(DiskError) {
        try disk.check("sync", path)
        disk.countSync()
        try file.sync()
    }

    func lock() throws(DiskError) -> Bool { try file.lock() }
}
