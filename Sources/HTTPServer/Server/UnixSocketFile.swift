import CLinux
import Glibc

/// The file of a Unix socket: made so that a file that nobody listens on any more is replaced, and nothing else is.
struct UnixSocketFile: Sendable, Equatable {
    /// The longest path, which the system sets: 107 bytes.
    static let pathBytesMax = 107

    let path: String
    private let device: dev_t
    private let inode: ino_t
    /// When it was made: a system gives the number of a removed file to the next one.
    private let madeSeconds: Int
    private let madeNanoseconds: Int

    /// Binds a socket to a path and sets who may connect.
    init(_ path: String, mode: mode_t, binding descriptor: CInt) throws(HTTPServerError) {
        var address = try Self.address(path)
        try Self.removeStale(path, &address)
        guard Self.with(&address, { bind(descriptor, $0, $1) }) == 0 else { throw .unixSocket(path, errno: errno) }
        // Nobody can connect before the socket listens, so nobody comes in by the mode that it was made with.
        var status = stat()
        guard chmod(path, mode) == 0, lstat(path, &status) == 0 else {
            let code = errno
            unlink(path)
            throw .unixSocket(path, errno: code)
        }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
        madeSeconds = status.st_mtim.tv_sec
        madeNanoseconds = status.st_mtim.tv_nsec
    }

    /// Removes the file, unless somebody has put another one there.
    func remove() {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode,
            status.st_mtim.tv_sec == madeSeconds, status.st_mtim.tv_nsec == madeNanoseconds
        else { return }
        unlink(path)
    }

    private static func removeStale(_ path: String, _ address: inout sockaddr_un) throws(HTTPServerError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw HTTPServerError(
                code: .addressUnavailable,
                description:
                    "Cannot listen on '\(path)': something that is no socket is there. Choose another path or remove it."
            )
        }
        let probe = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw .unixSocket(path, errno: errno) }
        defer { close(probe) }
        // Whoever has listened here and is gone refuses; one that is merely busy has a full queue (EAGAIN).
        guard with(&address, { connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else {
            throw HTTPServerError(
                code: .portInUse,
                description:
                    "Cannot listen on '\(path)': another process listens there. Stop it or choose another path."
            )
        }
        unlink(path)
    }

    private static func address(_ path: String) throws(HTTPServerError) -> sockaddr_un {
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count <= pathBytesMax, !bytes.contains(0) else {
            throw HTTPServerError(
                code: .addressUnavailable,
                description: "Cannot listen on '\(path)': the path of a Unix socket has 1 to \(pathBytesMax) bytes, "
                    + "this one has \(bytes.count). Choose a shorter one."
            )
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }

    private static func with(
        _ address: inout sockaddr_un,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

extension HTTPServerError {
    static func unixSocket(_ path: String, errno code: CInt) -> HTTPServerError {
        let place = "Cannot listen on '\(path)'"
        switch code {
        case ENOENT, ENOTDIR:
            return HTTPServerError(
                code: .addressUnavailable,
                description: "\(place): its folder is not there. Make it."
            )
        case EACCES, EPERM, EROFS:
            return HTTPServerError(
                code: .permissionDenied,
                description:
                    "\(place): the system does not allow it to this user. Choose a folder that it may write to."
            )
        default: return HTTPServerError(code: .system, description: "\(place): \(systemErrorText(code)).")
        }
    }
}
