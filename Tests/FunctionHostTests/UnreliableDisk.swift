import DocumentStore
import FunctionKit
import Glibc

/// The system's files, whose syncs fail when a test says so.
final class UnreliableDisk: Disk {
    let failsSyncs = LockedState(false)
    private let system = SystemDisk()

    func makeFolder(_ path: String) throws(DiskError) { try system.makeFolder(path) }
    func names(in folder: String) throws(DiskError) -> [String]? { try system.names(in: folder) }
    func rename(_ path: String, to newPath: String) throws(DiskError) { try system.rename(path, to: newPath) }
    func remove(_ path: String) throws(DiskError) { try system.remove(path) }
    func syncFolder(_ path: String) throws(DiskError) { try system.syncFolder(path) }

    func open(_ path: String, _ mode: DiskOpenMode) throws(DiskError) -> (any DiskFile)? {
        try system.open(path, mode).map { UnreliableFile($0, path, failsSyncs) }
    }
}

private final class UnreliableFile: DiskFile {
    private let file: any DiskFile
    private let path: String
    private let failsSyncs: LockedState<Bool>

    init(_ file: any DiskFile, _ path: String, _ failsSyncs: LockedState<Bool>) {
        self.file = file
        self.path = path
        self.failsSyncs = failsSyncs
    }

    func size() throws(DiskError) -> Int { try file.size() }
    func read(at offset: Int, count: Int) throws(DiskError) -> [UInt8] { try file.read(at: offset, count: count) }
    func write(_ bytes: [UInt8], at offset: Int) throws(DiskError) { try file.write(bytes, at: offset) }
    func truncate(to size: Int) throws(DiskError) { try file.truncate(to: size) }
    func lock() throws(DiskError) -> Bool { try file.lock() }

    func sync() throws(DiskError) {
        guard !failsSyncs.withLock({ $0 }) else { throw DiskError("sync", path, EIO) }
        try file.sync()
    }
}
