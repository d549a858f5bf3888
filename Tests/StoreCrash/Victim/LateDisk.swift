import Dispatch
import DocumentStore
import FunctionKit

/// A disk whose writes are done some milliseconds after they were asked for; who reads meanwhile sees them as done.
struct LateDisk: Disk {
    private let disk: any Disk

    init(_ disk: any Disk) { self.disk = disk }

    func makeFolder(_ path: String) throws(DiskError) { try disk.makeFolder(path) }
    func names(in folder: String) throws(DiskError) -> [String]? { try disk.names(in: folder) }
    func rename(_ path: String, to newPath: String) throws(DiskError) { try disk.rename(path, to: newPath) }
    func remove(_ path: String) throws(DiskError) { try disk.remove(path) }
    func syncFolder(_ path: String) throws(DiskError) { try disk.syncFolder(path) }
    func open(_ path: String, _ mode: DiskOpenMode) throws(DiskError) -> (any DiskFile)? {
        try disk.open(path, mode).map { LateFile($0) }
    }
}

private final class LateFile: DiskFile {
    private let file: any DiskFile
    private let waiting = LockedState<[(offset: Int, bytes: [UInt8])]>([])
    private static let queue = DispatchQueue(label: "late writes")

    init(_ file: any DiskFile) { self.file = file }

    func size() throws(DiskError) -> Int {
        let end = waiting.withLock { $0.map { $0.offset + $0.bytes.count }.max() ?? 0 }
        return max(end, try file.size())
    }

    func read(at offset: Int, count: Int) throws(DiskError) -> [UInt8] {
        let pending = waiting.withLock { $0 }
        var bytes = try file.readFully(at: offset, count: count)
        for write in pending {
            for (position, byte) in write.bytes.enumerated() {
                let place = write.offset + position - offset
                guard place >= 0, place < count else { continue }
                while bytes.count <= place { bytes.append(0) }
                bytes[place] = byte
            }
        }
        return bytes
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(DiskError) {
        waiting.withLock { $0.append((offset, bytes)) }
        Self.queue.asyncAfter(deadline: .now() + .milliseconds(5)) { [self] in try? writeNext() }
    }

    private func writeNext() throws(DiskError) {
        guard let next = waiting.withLock({ $0.first }) else { return }
        try file.write(next.bytes, at: next.offset)
        waiting.withLock { _ = $0.removeFirst() }
    }

    private func writeAll() throws(DiskError) {
        while !waiting.withLock({ $0.isEmpty }) { try writeNext() }
    }

    func truncate(to size: Int) throws(DiskError) {
        try writeAll()
        try file.truncate(to: size)
    }

    func sync() throws(DiskError) {}
    func lock() throws(DiskError) -> Bool { try file.lock() }
}
