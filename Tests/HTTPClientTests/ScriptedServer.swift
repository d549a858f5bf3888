import FunctionKit
import Glibc
import Synchronization

/// A TCP server on 127.0.0.1 whose every connection runs a script on a thread of its own, so that a test decides each byte.
final class ScriptedServer: Sendable {
    let port: Int
    private let listener: Int32
    private let accepted = Atomic(0)
    private let received = LockedState<[ReceivedRequest]>([])

    var origin: String { "http://127.0.0.1:\(port)" }
    /// How many connections came.
    var connectionCount: Int { accepted.load(ordering: .relaxed) }
    /// The requests that ``Peer/readRequest()`` read, in order.
    var requests: [ReceivedRequest] { received.withLock { $0 } }

    init(_ script: @escaping @Sendable (Peer) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = Self.withAddress(&address) { bind(listener, $0, $1.pointee) }
        guard listener >= 0, bound == 0, listen(listener, 256) == 0 else { throw SocketFailure(code: errno) }
        guard Self.withAddress(&address, { getsockname(listener, $0, $1) }) == 0 else {
            throw SocketFailure(code: errno)
        }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        runThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    // Closed here and nowhere else: its number must not be reused while this thread can still accept.
                    close(listener)
                    return
                }
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                accepted.add(1, ordering: .relaxed)
                runThread { script(Peer(socket: connection, server: self)) }
            }
        }
    }

    /// Takes no more connections and lets the accepting thread end.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    fileprivate func record(_ request: ReceivedRequest) { received.withLock { $0.append(request) } }

    private static func withAddress(
        _ address: inout sockaddr_in,
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int32 {
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
        }
    }
}

struct SocketFailure: Error { var code: Int32 }

/// A request as it came over the wire.
struct ReceivedRequest: Sendable {
    var head: String
    var body: [UInt8]

    var requestLine: String { String(head.prefix { $0 != "\r\n" }) }
    var text: String { String(decoding: body, as: UTF8.self) }
    var fields: HTTPFields {
        var fields = HTTPFields()
        for line in head.split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            fields.append(String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        return fields
    }
}

/// The server's end of one connection, for its script alone. It is closed when the script returns.
final class Peer {
    private let socket: Int32
    private let server: ScriptedServer
    private var buffer: [UInt8] = []

    fileprivate init(socket: Int32, server: ScriptedServer) {
        self.socket = socket
        self.server = server
    }

    deinit { close(socket) }

    /// Reads one request with its body; nil when the client has closed the connection.
    func readRequest() -> ReceivedRequest? {
        guard let head = readHead() else { return nil }
        var request = ReceivedRequest(head: head, body: [])
        if request.fields["Transfer-Encoding"] == "chunked" {
            guard let body = readChunks() else { return nil }
            request.body = body
        } else if let length = request.fields["Content-Length"].flatMap({ Int($0) }) {
            guard let body = read(length) else { return nil }
            request.body = body
        }
        server.record(request)
        return request
    }

    /// Reads up to the empty line.
    func readHead() -> String? {
        let end: [UInt8] = [13, 10, 13, 10]
        var searched = 0
        while true {
            while searched + 4 <= buffer.count {
                if buffer[searched..<searched + 4].elementsEqual(end) {
                    let head = String(decoding: buffer[..<searched], as: UTF8.self)
                    buffer.removeFirst(searched + 4)
                    return head
                }
                searched += 1
            }
            guard fill() else { return nil }
        }
    }

    func read(_ count: Int) -> [UInt8]? {
        while buffer.count < count { guard fill() else { return nil } }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    private func readChunks() -> [UInt8]? {
        var body: [UInt8] = []
        while true {
            while !buffer.contains(10) { guard fill() else { return nil } }
            let line = buffer.prefix { $0 != 13 }
            guard let size = Int(String(decoding: line, as: UTF8.self), radix: 16) else { return nil }
            buffer.removeFirst(line.count + 2)
            guard let chunk = read(size + 2) else { return nil }
            if size == 0 { return body }
            body += chunk.dropLast(2)
        }
    }

    /// Writes all of a text; false when the client has gone.
    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) == text.utf8.count }

    /// Writes bytes until all are written, the client has gone, or it does not read; returns how many went.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                send(socket, buffer.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return sent }
            sent += count
        }
        return sent
    }

    /// From now on a write gives up when the client does not read for this long.
    func setWriteTimeout(milliseconds: Int) {
        var time = timeval(tv_sec: 0, tv_usec: milliseconds * 1000)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Blocks until the client closes the connection.
    func waitForClose() { while fill() { buffer = [] } }

    /// Makes the close at the end of the script a reset.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    private func fill() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(socket, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        buffer += chunk.prefix(count)
        return true
    }
}

/// Runs a closure on a thread of its own: scripts block, and blocking would starve the tasks of the tests.
private func runThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    pthread_create(
        &thread,
        nil,
        { context in
            guard let context else { return nil }
            Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
            return nil
        },
        Unmanaged.passRetained(Box(body)).toOpaque()
    )
    pthread_detach(thread)
}

/// Answers every request on the connection with the same bytes.
func always(_ response: String) -> @Sendable (Peer) -> Void {
    { peer in
        while peer.readRequest() != nil { guard peer.write(response) else { return } }
    }
}
