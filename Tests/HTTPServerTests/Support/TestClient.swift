import CLinux
import Glibc

/// A blocking socket for tests, with a time limit on every read, so that a mistake fails instead of hanging.
final class TestClient: @unchecked Sendable {
    // Each client is used by one test at a time; the descriptor never changes.
    let descriptor: CInt
    private var buffer: [UInt8] = []

    struct Failure: Error { var reason: String }

    /// - Parameter source: the address to come from, another one of the loopback's.
    init(port: Int, receiveBufferBytes: CInt? = nil, source: String? = nil) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(reason: "socket") }
        if var bytes = receiveBufferBytes {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<CInt>.size))
        }
        var limit = timeval(tv_sec: 600, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if let source {
            var own = sockaddr_in()
            own.sin_family = sa_family_t(AF_INET)
            inet_pton(AF_INET, source, &own.sin_addr)
            let result = withUnsafePointer(to: own) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard result == 0 else { throw Failure(reason: "bind: \(errno)") }
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            Glibc.close(descriptor)
            isClosed = true
            throw Failure(reason: "connect: \(errno)")
        }
    }

    private var isClosed = false

    deinit { close() }

    func close() {
        if !isClosed { Glibc.close(descriptor) }
        isClosed = true
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(reason: "send: \(errno)") }
            sent += count
        }
    }

    /// Tells the server that nothing more will be sent.
    func endSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Makes closing a reset instead of an orderly end.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Reads some bytes; empty at the end.
    func read(_ count: Int = 65_536) throws -> [UInt8] {
        if !buffer.isEmpty {
            defer { buffer = Array(buffer.dropFirst(count)) }
            return Array(buffer.prefix(count))
        }
        var bytes = [UInt8](repeating: 0, count: count)
        let read = recv(descriptor, &bytes, count, 0)
        guard read >= 0 else { throw Failure(reason: "recv: \(errno)") }
        return Array(bytes[..<read])
    }

    /// Reads to the end of the connection.
    func readToEnd() throws -> String {
        var all: [UInt8] = []
        while true {
            let bytes = try read()
            if bytes.isEmpty { return String(decoding: all, as: UTF8.self) }
            all += bytes
        }
    }

    /// Where the first occurrence of a pattern ends. The library's own search is generic, and slow with many clients at a time.
    static func endOfFirst(_ pattern: [UInt8], in bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBytes { bytes in
            var place = 0
            while place + pattern.count <= bytes.count {
                var matched = 0
                while matched < pattern.count, bytes[place + matched] == pattern[matched] { matched += 1 }
                if matched == pattern.count { return place + matched }
                place += 1
            }
            return nil
        }
    }

    /// Reads until a text has arrived; what follows it stays for the next read.
    func read(through end: String) throws -> String {
        let pattern = Array(end.utf8)
        var all: [UInt8] = []
        while true {
            if let end = Self.endOfFirst(pattern, in: all) {
                buffer = Array(all[end...]) + buffer
                return String(decoding: all[..<end], as: UTF8.self)
            }
            let bytes = try read()
            guard !bytes.isEmpty else {
                throw Failure(reason: "ended after: \(String(decoding: all, as: UTF8.self).debugDescription)")
            }
            all += bytes
        }
    }

    /// Reads one response with a known length: its header and its body.
    func readResponse() throws -> (head: String, body: String) {
        let head = try read(through: "\r\n\r\n")
        let length = head.lowercased().components(of: "content-length: ").dropFirst().first.flatMap {
            Int($0.prefix { $0.isNumber })
        }
        var body: [UInt8] = []
        while body.count < length ?? 0 {
            let bytes = try read((length ?? 0) - body.count)
            guard !bytes.isEmpty else { throw Failure(reason: "ended inside the body") }
            body += bytes
        }
        return (head, String(decoding: body, as: UTF8.self))
    }

    /// Sends a request and reads its response.
    func exchange(_ request: String) throws -> (head: String, body: String) {
        try send(request)
        return try readResponse()
    }
}
