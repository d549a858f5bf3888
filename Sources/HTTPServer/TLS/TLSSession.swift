import CLinux
import CSSL
import Glibc

/// The server's side of TLS on one non-blocking socket: OpenSSL's `SSL`. Used on its loop's thread only.
///
/// There is no step for the handshake: the first reads perform it.
final class TLSSession {
    /// The most that one record holds (RFC 8446, section 5.1).
    static let recordBytesMax = 16_384
    /// How many bytes of a large response are sent before other connections get their turn.
    static let bytesPerTurn = 262_144

    let descriptor: CInt
    /// Keeps the certificate that this connection began with, and the tickets, alive.
    private let context: TLSContext
    private let session: OpaquePointer
    private var hasFailed = false
    private var hasEnded = false
    /// Whether the last read has taken all that the socket had.
    var isSocketEmpty = false
    /// Whether the peer has closed its side of the socket.
    var hasPeerEnded = false
    /// Whether reading goes on only when the socket takes more.
    private(set) var readWaitsForRoom = false
    /// Whether there was more to send than one turn allows, though the socket would have taken it.
    private(set) var hasPausedSending = false
    /// Whether what is sealed goes to ``gathered`` instead of the socket.
    private(set) var isGathering = false
    /// Sealed bytes that somebody else sends, see ``seal(_:into:)``.
    var gathered: [UInt8] = []
    /// Sealed bytes that the socket did not take: they go before all others.
    private var sealed: [UInt8] = []
    /// Why the connection failed, as OpenSSL says; nil when the peer has merely vanished.
    private(set) var failure: String?
    /// Whether the peer speaks plain HTTP.
    private(set) var metPlainHTTP = false

    init?(_ context: TLSContext, descriptor: CInt) {
        guard let session = SSL_new(context.context) else { return nil }
        guard let bio = TLSSocketBIO.make() else {
            SSL_free(session)
            return nil
        }
        self.context = context
        self.session = session
        self.descriptor = descriptor
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        // One reference serves both directions, and the session owns it.
        SSL_set_bio(session, bio, bio)
        SSL_set_accept_state(session)
    }

    deinit { SSL_free(session) }

    /// Whether the peer knows what it speaks with.
    var isEstablished: Bool { SSL_is_init_finished(session) == 1 }

    /// Whether a read may find something, though the system will tell of nothing.
    var mayHoldBytes: Bool { !isSocketEmpty || SSL_has_pending(session) == 1 }

    /// Reads from one record.
    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> SocketCalls.Outcome {
        guard !hasFailed else { return .failed }
        readWaitsForRoom = false
        ERR_clear_error()
        let count = SSL_read(session, buffer.baseAddress, CInt(clamping: buffer.count))
        if count > 0 { return .bytes(Int(count)) }
        switch SSL_get_error(session, count) {
        case SSL_ERROR_WANT_READ: return .wouldBlock
        case SSL_ERROR_WANT_WRITE:
            readWaitsForRoom = true
            return .wouldBlock
        case SSL_ERROR_ZERO_RETURN: return isEstablished ? .end : fail()
        default: return fail()
        }
    }

    /// Sends two parts, in records as full as can be, until the socket takes no more or the turn is over.
    func write(_ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>) -> SocketCalls.Outcome {
        guard !hasFailed else { return .failed }
        hasPausedSending = false
        let total = first.count + second.count
        var sent = 0
        while sent < total {
            guard sent < Self.bytesPerTurn else {
                hasPausedSending = true
                break
            }
            let outcome = writeRecord(first, second, from: sent)
            guard case .bytes(let count) = outcome else { return sent > 0 && !hasFailed ? .bytes(sent) : outcome }
            sent += count
        }
        return .bytes(sent)
    }

    /// Sends what lies behind `start` in two parts: as one record where it begins in the first and goes on in the second.
    private func writeRecord(
        _ first: UnsafeBufferPointer<UInt8>,
        _ second: UnsafeBufferPointer<UInt8>,
        from start: Int
    ) -> SocketCalls.Outcome {
        guard start < first.count else { return write(UnsafeBufferPointer(rebasing: second[(start - first.count)...])) }
        let rest = UnsafeBufferPointer(rebasing: first[start...])
        guard !second.isEmpty, rest.count < Self.recordBytesMax else { return write(rest) }
        let count = min(Self.recordBytesMax, rest.count + second.count)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { record in
            let filled = record.update(fromContentsOf: rest)
            _ = record[filled...].update(fromContentsOf: second[..<(count - rest.count)])
            return write(UnsafeBufferPointer(record))
        }
    }

    /// What the socket does not take has to be given again, as it is or with more behind it: the record is sealed already.
    private func write(_ bytes: UnsafeBufferPointer<UInt8>) -> SocketCalls.Outcome {
        ERR_clear_error()
        let count = SSL_write(session, bytes.baseAddress, CInt(clamping: bytes.count))
        if count > 0 { return .bytes(Int(count)) }
        switch SSL_get_error(session, count) {
        case SSL_ERROR_WANT_WRITE, SSL_ERROR_WANT_READ: return .wouldBlock
        default: return fail()
        }
    }

    /// Seals bytes for somebody else to send, in place of what `record` holds; what a socket does not take of them comes back by
    /// ``keep(_:)``.
    ///
    /// - Returns: false when that is not possible now, or not any more: then the session has failed.
    func seal(_ bytes: UnsafeBufferPointer<UInt8>, into record: inout [UInt8]) -> Bool {
        guard !hasFailed, isEstablished, sealed.isEmpty else { return false }
        record.removeAll(keepingCapacity: true)
        swap(&gathered, &record)
        isGathering = true
        let outcome = write(bytes)
        isGathering = false
        swap(&gathered, &record)
        if case .bytes(bytes.count) = outcome { return true }
        // A part that is sealed cannot be taken back.
        hasFailed = true
        return false
    }

    /// Takes back sealed bytes that the socket did not take.
    func keep(_ bytes: some Collection<UInt8>) { sealed.append(contentsOf: bytes) }

    /// Whether sealed bytes wait for the socket.
    var hasSealed: Bool { !sealed.isEmpty }

    /// Sends sealed bytes; false, with `errno` set, as long as the socket does not take all of them.
    func sendSealed() -> Bool {
        while !sealed.isEmpty {
            let sent = send(descriptor, sealed, sealed.count, CInt(MSG_NOSIGNAL))
            if sent < 0, errno == EINTR { continue }
            guard sent >= 0 else { return false }
            sealed.removeFirst(sent)
        }
        sealed = []
        return true
    }

    /// Tells the peer that nothing more will be sent (`close_notify`), if it can still hear it; what it sends can be read on.
    func end() {
        guard !hasFailed, !hasEnded, isEstablished else { return }
        hasEnded = true
        ERR_clear_error()
        SSL_shutdown(session)
    }

    private func fail() -> SocketCalls.Outcome {
        hasFailed = true
        let code = ERR_peek_last_error()
        guard code != 0 else { return .failed }
        let reason = postern_err_reason(code)
        metPlainHTTP = reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST
        failure = TLSError.takeReason()
        return .failed
    }
}
