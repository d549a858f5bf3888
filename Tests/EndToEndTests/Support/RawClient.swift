import FunctionKit
import Glibc

/// A blocking connection to a host for what no HTTP client does: halves of requests, silence, resets. Used by one thread at a time.
///
/// `@unchecked Sendable` for that reason.
final class RawClient: @unchecked Sendable {
    private let descriptor: CInt
    private var isClosed = false

    /// Connects; reads and writes fail after half a minute.
    init(port: UInt16) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = loopback(port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            close()
            throw SupportError("No connection to port \(port): \(String(cString: strerror(code)))")
        }
    }

    deinit { close() }

    func close() {
        if !isClosed { Glibc.close(descriptor) }
        isClosed = true
    }

    /// Ends the connection with a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func endSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count else {
            throw SupportError("send: \(String(cString: strerror(errno)))")
        }
    }

    /// Reads until a text has arrived or the end; what was read.
    func read(through end: String? = nil) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while end.map({ !String(decoding: bytes, as: UTF8.self).contains($0) }) ?? true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw SupportError("recv: \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Runs blocking code on a thread of its own.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    let outcome = LockedState<Swift.Result<Result, any Error>?>(nil)
    await withCheckedContinuation { continuation in
        onThread {
            let result = Swift.Result(catching: body)
            outcome.withLock { $0 = result }
            continuation.resume()
        }
    }
    guard let result = outcome.withLock({ $0 }) else { throw SupportError("no result") }
    return try result.get()
}
