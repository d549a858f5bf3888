import Glibc

/// Writes several files of a folder so that a reader sees each of them whole, old or new: all are written beside their places and synced,
/// and renamed at the end, in the order in which they came.
struct FileSetWriter {
    private let folder: String
    private var prepared: [(temporary: String, target: String)] = []
    private var madeFolders: [String] = []

    init(folder: String) { self.folder = folder }

    /// Writes one file beside its place. A failure takes back what this writer has left behind.
    mutating func prepare(_ bytes: [UInt8], as path: String) throws(EditingError) {
        do throws(EditingError) {
            try makeFolder(folder)
            var parent = folder
            for part in path.split(separator: "/").dropLast() {
                parent += "/\(part)"
                try makeFolder(parent)
            }
            let name = path.split(separator: "/").last.map(String.init) ?? path
            let temporary = "\(parent)/.\(prepared.count).\(getpid()).part"
            prepared.append((temporary: temporary, target: "\(parent)/\(name)"))
            try write(bytes, to: temporary)
        } catch {
            takeBack()
            throw error
        }
    }

    /// Puts all files into their places.
    mutating func finish() throws(EditingError) {
        for file in prepared {
            guard rename(file.temporary, file.target) == 0 else {
                let error = EditingError.failed(file.target, Self.reason)
                takeBack()
                throw error
            }
        }
        for path in Set([folder] + madeFolders) { sync(path) }
        prepared = []
    }

    /// Makes a folder unless it is there. A link is not followed: what it leads to is not this folder's.
    private mutating func makeFolder(_ path: String) throws(EditingError) {
        if mkdir(path, 0o755) == 0 {
            madeFolders.append(path)
            return
        }
        var status = stat()
        guard errno == EEXIST, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .failed(path, errno == 0 || errno == EEXIST ? "it is not a folder" : Self.reason)
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(EditingError) {
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .failed(path, Self.reason) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { throw .failed(path, Self.reason) }
            rest = rest.dropFirst(max(count, 0))
        }
        guard fsync(descriptor) == 0 else { throw .failed(path, Self.reason) }
    }

    private mutating func takeBack() {
        for file in prepared { unlink(file.temporary) }
        // Only those that are empty go; the deepest one first.
        for path in madeFolders.reversed() { rmdir(path) }
        prepared = []
        madeFolders = []
    }

    private func sync(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
