import CLinux
import CSSL
import Glibc

/// How OpenSSL reads and writes a session's socket: as its own socket BIO does, but without a signal when the peer has gone, and so
/// that the session knows when the socket is empty.
///
/// A BIO's data is its ``TLSSession``, which owns the BIO and is alive whenever OpenSSL calls.
enum TLSSocketBIO {
    static func make() -> OpaquePointer? {
        guard let method = method.pointer, let bio = BIO_new(method) else { return nil }
        BIO_set_init(bio, 1)
        return bio
    }

    /// `@unchecked Sendable`: it is made once and never changed.
    private struct Method: @unchecked Sendable {
        let pointer: OpaquePointer?
    }

    private static let method = Method(pointer: makeMethod())

    private static func makeMethod() -> OpaquePointer? {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket of a session") else {
            return nil
        }
        BIO_meth_set_read(method) { bio, buffer, capacity in TLSSocketBIO.read(bio, buffer, capacity) }
        BIO_meth_set_write(method) { bio, bytes, count in TLSSocketBIO.write(bio, bytes, count) }
        BIO_meth_set_ctrl(method) { bio, command, _, _ in
            switch command {
            case BIO_CTRL_FLUSH: 1
            case BIO_CTRL_EOF: TLSSocketBIO.session(bio)?.hasPeerEnded == true ? 1 : 0
            default: 0
            }
        }
        return method
    }

    private static func session(_ bio: OpaquePointer?) -> TLSSession? {
        BIO_get_data(bio).map { Unmanaged<TLSSession>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func read(_ bio: OpaquePointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: CInt) -> CInt {
        guard let session = session(bio), let buffer, capacity > 0 else { return -1 }
        postern_bio_clear_retry(bio)
        while true {
            let count = recv(session.descriptor, buffer, Int(capacity), 0)
            if count > 0 {
                session.isSocketEmpty = count < Int(capacity)
                return CInt(count)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                session.isSocketEmpty = true
                postern_bio_retry_read(bio)
                return -1
            }
            // OpenSSL asks, to tell an end from a failure.
            if count == 0 { session.hasPeerEnded = true }
            return CInt(count)
        }
    }

    private static func write(_ bio: OpaquePointer?, _ bytes: UnsafePointer<CChar>?, _ count: CInt) -> CInt {
        guard let session = session(bio), let bytes, count > 0 else { return -1 }
        postern_bio_clear_retry(bio)
        if session.isGathering {
            session.gathered.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: Int(count)))
            return count
        }
        // Sealed before, so before this.
        guard session.sendSealed() else { return outcome(bio, -1) }
        while true {
            let sent = send(session.descriptor, bytes, Int(count), CInt(MSG_NOSIGNAL))
            if sent < 0, errno == EINTR { continue }
            return outcome(bio, sent)
        }
    }

    private static func outcome(_ bio: OpaquePointer?, _ sent: Int) -> CInt {
        if sent < 0, errno == EAGAIN { postern_bio_retry_write(bio) }
        return CInt(sent)
    }
}
