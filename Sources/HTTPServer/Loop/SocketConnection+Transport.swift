import CLinux
import Glibc

/// The one place where a connection's bytes enter and leave its socket.
extension SocketConnection {
    /// Whether bytes go over the socket as they are, so that the system may send them from a file.
    var isPlain: Bool { tls == nil }

    /// Reads what has arrived, and notes whether more may be there.
    func receive(into buffer: UnsafeMutableBufferPointer<UInt8>) -> SocketCalls.Outcome {
        if awaitsProxyHeader, let outcome = readProxyHeader() { return outcome }
        if let tls { return receive(by: tls, into: buffer) }
        let outcome = SocketCalls.read(id.descriptor, into: buffer)
        switch outcome {
        // Less than was asked for: the socket is empty, and the system tells when it is not any more.
        case .bytes(let count): if count < buffer.count, !hasHungUp { isReadable = false }
        case .wouldBlock, .end: isReadable = false
        case .failed: break
        }
        return outcome
    }

    private func receive(
        by tls: TLSSession,
        into buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> SocketCalls.Outcome {
        let outcome = tls.read(into: buffer)
        switch outcome {
        case .bytes: if !tls.mayHoldBytes, !hasHungUp { isReadable = false }
        case .wouldBlock, .end: isReadable = false
        case .failed: break
        }
        return outcome
    }

    /// Sends two parts as one; the outcome counts the bytes of both that need not be given again.
    ///
    /// - Parameter hasMore: whether a file follows at once.
    func send(
        _ first: UnsafeBufferPointer<UInt8>,
        _ second: UnsafeBufferPointer<UInt8>,
        hasMore: Bool = false
    ) -> SocketCalls.Outcome {
        if let tls { return tls.write(first, second) }
        return SocketCalls.write(id.descriptor, first, second, hasMore: hasMore)
    }

    /// Whether sending stopped for the sake of other connections, though the socket would take more.
    var hasPausedSending: Bool { tls?.hasPausedSending ?? false }

    /// Tells the peer that nothing more will be sent; what it sends is read on.
    func endSending() {
        tls?.end()
        shutdown(id.descriptor, CInt(SHUT_WR))
    }
}
