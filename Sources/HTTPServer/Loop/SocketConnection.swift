import CLinux
import FunctionKit
import Glibc

/// One open socket with its state machine; used on its loop's thread only, by methods that do not call each other while they
/// change one of its variables.
final class SocketConnection {
    let id: ConnectionID
    /// What the bytes go through on their way to the socket and from it; nil when they go as they are.
    let tls: TLSSession?
    /// Whom it counts for.
    let addressKey: AddressKey?
    @exclusivity(unchecked) var state: ConnectionState
    /// Whether the socket may have bytes: the system tells a change to readable once (edge-triggered).
    @exclusivity(unchecked) var isReadable = false
    /// Whether the peer has ended its side, so that a read must go on to the end.
    @exclusivity(unchecked) var hasHungUp = false
    @exclusivity(unchecked) var isClosed = false
    /// Whether its answer waits for the end of the turn.
    @exclusivity(unchecked) var isGathered = false
    /// Whether that answer could not be sent, so that the connection has to be ended.
    @exclusivity(unchecked) var isBroken = false
    /// Whether a PROXY header comes before all else.
    @exclusivity(unchecked) var awaitsProxyHeader: Bool
    /// What was wrong with that header.
    @exclusivity(unchecked) var complaint: String?
    @exclusivity(unchecked) var unsent = UnsentBytes()
    /// Bytes that the socket took after it had been full.
    @exclusivity(unchecked) var bytesSentLate = 0
    /// The calls of this connection, once it has had one.
    @exclusivity(unchecked) var call: HTTPCall?
    /// Whether a file, or an answer by TLS, used up its turn although the socket would have taken more.
    @exclusivity(unchecked) var owesSending = false
    @exclusivity(unchecked) var gate: ResponseBodyGate?
    @exclusivity(unchecked) var parts = StreamedParts()
    @exclusivity(unchecked) var pipe: RequestBodyPipe?

    init(
        id: ConnectionID,
        addressKey: AddressKey?,
        state: ConnectionState,
        tls: TLSSession?,
        awaitsProxyHeader: Bool
    ) {
        self.id = id
        self.addressKey = addressKey
        self.tls = tls
        self.awaitsProxyHeader = awaitsProxyHeader
        self.state = state
    }

    /// How many bytes the peer's system has confirmed since the connection began. A Unix socket confirms nothing: there it is what the
    /// socket took after it had been full.
    var bytesTaken: Int {
        let confirmed = postern_bytes_acked(id.descriptor)
        return confirmed > 0 ? Int(clamping: confirmed) : bytesSentLate
    }

    /// Ends the call and both streams; there will be no other.
    func abandonCall() {
        call?.close()
        gate?.close()
        gate = nil
        pipe?.finish(RequestRefusal.bodyCutShort.error)
        pipe = nil
    }
}

/// Reads and writes of a non-blocking socket.
enum SocketCalls {
    enum Outcome {
        case bytes(Int)
        case end
        /// Nothing now; the system tells when.
        case wouldBlock
        case failed
    }

    static func read(_ descriptor: CInt, into buffer: UnsafeMutableBufferPointer<UInt8>) -> Outcome {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock : .failed
        }
    }

    /// Accepts a connection (see ``AcceptCall``).
    static func accept(_ listener: CInt, _ address: inout sockaddr_storage) -> CInt {
        let flags = CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = withUnsafeMutablePointer(to: &address) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
                return postern_accept4(listener, pointer, &length, flags)
            }
        }
        return descriptor >= 0 ? descriptor : -errno
    }

    /// Writes two parts with one call.
    ///
    /// - Parameter hasMore: whether more follows at once, so that the system waits for it to fill its packets (`MSG_MORE`).
    static func write(
        _ descriptor: CInt,
        _ first: UnsafeBufferPointer<UInt8>,
        _ second: UnsafeBufferPointer<UInt8>,
        hasMore: Bool
    ) -> Outcome {
        let flags = CInt(MSG_NOSIGNAL) | (hasMore ? CInt(MSG_MORE) : 0)
        while true {
            let count = writeOnce(descriptor, first, second, flags)
            if count >= 0 { return .bytes(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock : .failed
        }
    }

    private static func writeOnce(
        _ descriptor: CInt,
        _ first: UnsafeBufferPointer<UInt8>,
        _ second: UnsafeBufferPointer<UInt8>,
        _ flags: CInt
    ) -> Int {
        if second.isEmpty { return send(descriptor, first.baseAddress, first.count, flags) }
        if first.isEmpty { return send(descriptor, second.baseAddress, second.count, flags) }
        var parts = (
            iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count),
            iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count)
        )
        return withUnsafeMutablePointer(to: &parts) { parts in
            parts.withMemoryRebound(to: iovec.self, capacity: 2) { parts in
                var message = msghdr()
                message.msg_iov = parts
                message.msg_iovlen = 2
                return sendmsg(descriptor, &message, flags)
            }
        }
    }
}
