import DocumentStore
import FunctionKit

/// A disk that takes the last line from each log when a process opens it for the first time.
final class ForgetfulDisk: Disk {
    private let disk: any Disk
    private let opened = LockedState<Set<String>>([])

    init(_ disk: any Disk) { self.disk = disk }

    func makeFolder(_ path: String) throws(DiskError) { try disk.makeFolder(path) }
    func names(in folder: String) throws(DiskError) -> [String]? { try disk.names(in: folder) }
    func rename(_ path: String, to newPath: String) throws(DiskError) { try disk.rename(path, to: newPath) }
    func remove(_ path: String) throws(DiskError) { try disk.remove(path) }
    func syncFolder(_ path: String) throws(DiskError) { try disk.syncFolder(path) }

    func open(_ path: String, _ mode: DiskOpenMode) throws(DiskError) -> (any DiskFile)? {
        let isFirst = opened.withLock { $0.insert(path).inserted }
        if isFirst, path.hasSuffix(".jsonl"), let file = try disk.open(path, .write) { try cutLastLine(file) }
        return try disk.open(path, mode)
    }

    /// Cuts the last line off that is not empty, and the room behind it.
    private func cutLastLine(_ file: any DiskFile) throws(DiskError) {
        let bytes = try file.readFully(at: 0, count: try file.size())
        let newline = UInt8(ascii: "\n")
        guard let last = bytes.lastIndex(where: { $0 != newline }) else { return }
        guard let end = bytes[..<last].lastIndex(of: newline) else { return }
        try file.truncate(to: end + 1)
    }
}
