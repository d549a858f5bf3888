import CLinux
import Glibc

/// A socket that listens, opened here or handed over by a supervisor.
package struct ListeningSocket: Sendable {
    /// The socket; a server that is started on it closes it.
    package let descriptor: CInt
    /// The port that the system chose or was told; 0 for a Unix socket.
    package let port: Int
    /// Whether it was handed over, so that others may listen on it, too.
    let isAdopted: Bool
    /// Whether each connection begins with a PROXY header, which says whom it comes from.
    package var expectsProxyHeader = false
    /// The file of a Unix socket; nil for TCP.
    let file: UnixSocketFile?

    /// The path of a Unix socket; nil for TCP.
    package var path: String? { file?.path }

    /// Opens a Unix socket. A file there that nobody listens on any more is replaced.
    ///
    /// - Parameter mode: who may connect, as `chmod` has it.
    /// - Throws: ``HTTPServerError`` when somebody listens there, when something else is there, or when the path cannot be.
    package init(path: String, mode: UInt32, backlog: Int) throws(HTTPServerError) {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw .unixSocket(path, errno: errno) }
        let file: UnixSocketFile
        do throws(HTTPServerError) {
            file = try UnixSocketFile(path, mode: mode, binding: descriptor)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        guard listen(descriptor, CInt(clamping: backlog)) == 0 else {
            let code = errno
            file.remove()
            Glibc.close(descriptor)
            throw .unixSocket(path, errno: code)
        }
        self.descriptor = descriptor
        self.file = file
        port = 0
        isAdopted = false
    }

    /// Ends it; a Unix socket's file goes too.
    package func close() {
        file?.remove()
        Glibc.close(descriptor)
    }

    /// Opens a socket on an address and port.
    package init(address: String, port: Int, backlog: Int) throws(HTTPServerError) {
        guard (0...65_535).contains(port) else { throw .invalidPort(port) }
        guard let (storage, length) = SocketAddress.parse(address, port: port) else { throw .invalidAddress(address) }
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(CInt(storage.ss_family), kind, 0)
        guard descriptor >= 0 else { throw .listen(address: address, port: port, errno: errno) }
        // Without it, a restart would fail while connections of the last run are in TIME_WAIT.
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        let bound = withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard bound == 0, listen(descriptor, CInt(clamping: backlog)) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw .listen(address: address, port: port, errno: code)
        }
        isAdopted = false
        file = nil
        self.descriptor = descriptor
        self.port = Self.boundPort(descriptor) ?? port
    }

    /// Takes over a socket that listens already; it is closed when the server stops.
    package init(adopting descriptor: CInt) throws(HTTPServerError) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0, let port = Self.boundPort(descriptor)
        else {
            throw HTTPServerError(
                code: .system,
                description: "Cannot serve on descriptor \(descriptor): \(systemErrorText(errno)). "
                    + "It has to be a socket that listens."
            )
        }
        isAdopted = true
        file = nil
        self.descriptor = descriptor
        self.port = port
    }

    private static func boundPort(_ descriptor: CInt) -> Int? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return result == 0 ? SocketAddress.port(of: storage) : nil
    }
}
