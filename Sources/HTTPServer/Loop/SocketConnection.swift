import CLinux
import FunctionKit
import Glibc

/// One open socket with its state machine; used on its loop's thread only, by methods that do not call each other while they
/// change one of its variables.
final class SocketConnection {
    let id: ConnectionID
    @exclusivity(unchecked) var state: ConnectionState
    /// Whether the socket may have bytes: the system tells a change to readable once (edge-triggered).
    @exclusivity(unchecked) var isReadable = false
    /// Whether the peer has ended its side, so that a read must go on to the end.
    @exclusivity(unchecked) var hasHungUp = false
    @exclusivity(unchecked) var isClosed = false
    @exclusivity(unchecked) var unsent = UnsentBytes()
    /// The running call, while it is of use to cancel it.
    @exclusivity(unchecked) var task: Task<Void, Never>?
    @exclusivity(unchecked) var gate: ResponseBodyGate?
    @exclusivity(unchecked) var pipe: RequestBodyPipe?

    init(id: ConnectionID, state: ConnectionState) {
        self.id = id
        self.state = state
    }

    /// Ends the call and both streams.
    func abandonCall() {
        task?.cancel()
        task = nil
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

    /// Writes two parts with one call.
    static func write(
        _ descriptor: CInt,
        _ first: UnsafeBufferPointer<UInt8>,
        _ second: UnsafeBufferPointer<UInt8>
    ) -> Outcome {
        while true {
            let count = writeOnce(descriptor, first, second)
            if count >= 0 { return .bytes(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock : .failed
        }
    }

    private static func writeOnce(
        _ descriptor: CInt,
        _ first: UnsafeBufferPointer<UInt8>,
        _ second: UnsafeBufferPointer<UInt8>
    ) -> Int {
        let flags = CInt(MSG_NOSIGNAL)
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
