import FunctionKit
import Glibc

/// A ZIP archive of an app, made while it is read: `host.json` and the files of its function folders.
///
/// Hidden files, links and everything else in the root stay out: settings with their secrets, data, build folders. Files are read twice, first
/// for their checksums, so that memory holds one piece of one file; one that changes in between breaks the archive off instead of making it
/// wrong. An actor, so that files are read off the server's event loops.
package actor AppArchive {
    /// The most files: 5,000.
    static let filesMax = 5000
    /// The most bytes of all files: 2 GiB.
    static let bytesMax = 2 << 30
    /// How deep folders may nest.
    static let depthMax = 32
    private static let pieceBytes = 65_536

    private let root: String
    private let entries: [ZipEntry]
    /// The length of the whole archive.
    nonisolated let length: Int
    private var position = Position.header(0)
    private var file: OpenFile?

    private enum Position {
        case header(Int)
        case content(Int, left: UInt32, checksum: CRC32)
        case directory
        case end
    }

    /// Looks at all files of these folders below the root.
    ///
    /// - Throws: ``EditingError``: `app_too_large`, or a file that cannot be read.
    init(root: String, folders: [String]) throws(EditingError) {
        var scan = ArchiveScan(root: root)
        try scan.addFile("host.json")
        for folder in folders { try scan.addFolder(folder, depth: 0) }
        self.root = root
        entries = scan.entries
        length = scan.offset + ZipDirectory.bytes(of: scan.entries, at: UInt32(scan.offset)).count
    }

    /// The next piece; nil at the end.
    ///
    /// - Throws: ``EditingError`` when a file is not any more what it was.
    func next() throws(EditingError) -> [UInt8]? {
        switch position {
        case .header(let index) where index < entries.count:
            file = try OpenFile("\(root)/\(entries[index].path)")
            position = .content(index, left: entries[index].size, checksum: CRC32())
            return entries[index].localHeader
        case .header:
            position = .directory
            return try next()
        case .content(let index, let left, let checksum): return try content(index, left, checksum)
        case .directory:
            position = .end
            let offset = entries.last.map { Int($0.offset) + $0.localHeader.count + Int($0.size) } ?? 0
            return ZipDirectory.bytes(of: entries, at: UInt32(offset))
        case .end: return nil
        }
    }

    private func content(_ index: Int, _ left: UInt32, _ checksum: CRC32) throws(EditingError) -> [UInt8]? {
        let entry = entries[index]
        guard left > 0 else {
            guard checksum.value == entry.checksum else { throw .unreadable(entry.path, "it changes while it is read") }
            file = nil
            position = .header(index + 1)
            return try next()
        }
        guard let piece = try file?.read(min(Self.pieceBytes, Int(left))), !piece.isEmpty else {
            throw .unreadable(entry.path, "it changes while it is read")
        }
        var checksum = checksum
        checksum.add(piece)
        position = .content(index, left: left - UInt32(piece.count), checksum: checksum)
        return piece
    }
}

/// Finds the files of an archive with their lengths and checksums.
private struct ArchiveScan {
    let root: String
    var entries: [ZipEntry] = []
    var offset = 0
    private var bytes = 0

    init(root: String) { self.root = root }

    mutating func addFolder(_ path: String, depth: Int) throws(EditingError) {
        guard depth < AppArchive.depthMax else {
            throw .unreadable(path, "it nests deeper than \(AppArchive.depthMax) folders")
        }
        let names: [String]
        do {
            names = try SystemAppFiles().names(in: "\(root)/\(path)")
        } catch {
            throw .unreadable(path, error.description)
        }
        for name in names.sorted() where !name.hasPrefix(".") {
            let path = "\(path)/\(name)"
            var status = stat()
            guard lstat("\(root)/\(path)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try addFolder(path, depth: depth + 1)
            case S_IFREG where name != "local.settings.json": try addFile(path)
            default: break
            }
        }
    }

    mutating func addFile(_ path: String) throws(EditingError) {
        guard entries.count < AppArchive.filesMax else { throw .tooLarge }
        let file = try OpenFile("\(root)/\(path)")
        var checksum = CRC32()
        var size = 0
        while case let piece = try file.read(1 << 20), !piece.isEmpty {
            checksum.add(piece)
            size += piece.count
            guard bytes + size <= AppArchive.bytesMax else { throw .tooLarge }
        }
        bytes += size
        var entry = ZipEntry(path: path, size: UInt32(size), checksum: checksum.value, modified: file.modified)
        entry.offset = UInt32(offset)
        entries.append(entry)
        offset += entry.localHeader.count + size
    }
}

/// A file that is read from its beginning to its end.
private final class OpenFile {
    private let path: String
    private let descriptor: Int32
    let modified: Int64

    init(_ path: String) throws(EditingError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path, String(cString: strerror(errno))) }
        var status = stat()
        fstat(descriptor, &status)
        modified = Int64(status.st_mtim.tv_sec)
    }

    deinit { close(descriptor) }

    /// Up to `count` bytes; none at the end.
    func read(_ count: Int) throws(EditingError) -> [UInt8] {
        while true {
            var failure: Int32 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
                let result = Glibc.read(descriptor, buffer.baseAddress, count)
                length = max(result, 0)
                failure = result < 0 ? errno : 0
            }
            if failure == 0 { return piece }
            guard failure == EINTR else { throw .unreadable(path, String(cString: strerror(failure))) }
        }
    }
}
