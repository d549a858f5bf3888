internal import Glibc

/// A file up to a place; what somebody may be writing behind that is not seen. For reading only.
final class FileSnapshot: DiskFile {
    private let file: any DiskFile
    private let path: String
    private let end: Int

    /// Makes a file that ends at `end`.
    init(_ file: any DiskFile, path: String, end: Int) {
        self.file = file
        self.path = path
        self.end = end
    }

    /// Makes a file that ends where `file` ends now.
    convenience init(_ file: any DiskFile, path: String) throws(DiskError) {
        self.init(file, path: path, end: try file.size())
    }

    func size() throws(DiskError) -> Int { end }

    func read(at offset: Int, count: Int) throws(DiskError) -> [UInt8] {
        let count = min(count, end - offset)
        return count > 0 ? try file.read(at: offset, count: count) : []
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(DiskError) { throw DiskError("write", path, EROFS) }
    func truncate(to size: Int) throws(DiskError) { throw DiskError("cut", path, EROFS) }
    func sync() throws(DiskError) { throw DiskError("sync", path, EROFS) }
    func lock() throws(DiskError) -> Bool { throw DiskError("lock", path, EROFS) }
}
