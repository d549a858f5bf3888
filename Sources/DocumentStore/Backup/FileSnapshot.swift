internal import Glibc

/// A file as far as it reached at one moment; what others write behind that is not seen. For reading only.
final class FileSnapshot: DiskFile {
    private let file: any DiskFile
    private let path: String
    /// Where it ended at that moment.
    let end: Int

    /// Takes the file's length now.
    init(_ file: any DiskFile, path: String) throws(DiskError) {
        self.file = file
        self.path = path
        end = try file.size()
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
