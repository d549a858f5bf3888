import CSSL
import FunctionKit
import Glibc

/// Seals and opens the session tickets of all connections of a server, with keys that never leave the process. They outlast a change of
/// certificates.
final class TLSTickets: Sendable {
    private let ring = LockedState(TicketKeyRing())

    /// Lets a context seal its tickets here. The context must not outlive this object.
    func serve(_ context: OpaquePointer) {
        SSL_CTX_set_ex_data(context, 0, Unmanaged.passUnretained(self).toOpaque())
        SSL_CTX_set_timeout(context, Int(TicketKeyRing.sealingTime))
        SSL_CTX_set_tlsext_ticket_key_evp_cb(context) { session, name, vector, cipher, mac, isSealing in
            guard let session, let name, let vector,
                let tickets = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), 0)
            else { return -1 }
            let object = Unmanaged<TLSTickets>.fromOpaque(tickets).takeUnretainedValue()
            return isSealing == 1
                ? object.seal(name, vector, cipher, mac) : object.open(name, vector, cipher, mac)
        }
    }

    /// 1 for a ticket, 0 for none, -1 for a broken connection.
    private func seal(
        _ name: UnsafeMutablePointer<UInt8>,
        _ vector: UnsafeMutablePointer<UInt8>,
        _ cipher: OpaquePointer?,
        _ mac: OpaquePointer?
    ) -> CInt {
        let key = ring.withLock { $0.sealing(at: Self.now, make: Self.makeKey) }
        guard let key, RAND_bytes(vector, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 else { return 0 }
        memcpy(name, key.name, key.name.count)
        guard EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nil, key.cipherKey, vector) == 1,
            Self.set(mac, key.macKey)
        else { return -1 }
        return 1
    }

    /// 1 for a ticket that opens, 2 when it is to be replaced, 0 for one that is unknown.
    private func open(
        _ name: UnsafePointer<UInt8>,
        _ vector: UnsafePointer<UInt8>,
        _ cipher: OpaquePointer?,
        _ mac: OpaquePointer?
    ) -> CInt {
        let found = ring.withLock { $0.opening(UnsafeBufferPointer(start: name, count: 16), at: Self.now) }
        guard let (key, isStale) = found else { return 0 }
        guard Self.set(mac, key.macKey), EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nil, key.cipherKey, vector) == 1
        else { return -1 }
        return isStale ? 2 : 1
    }

    private static func set(_ mac: OpaquePointer?, _ key: [UInt8]) -> Bool {
        postern_mac_set_key(mac, key, key.count) == 1
    }

    private static var now: Int64 { SystemTime.milliseconds / 1000 }

    /// A new key; nil when the system has no randomness to give.
    private static func makeKey() -> TicketKeyRing.Key? {
        var bytes = [UInt8](repeating: 0, count: 80)
        guard RAND_bytes(&bytes, CInt(bytes.count)) == 1 else { return nil }
        return TicketKeyRing.Key(
            name: Array(bytes[..<16]),
            cipherKey: Array(bytes[16..<48]),
            macKey: Array(bytes[48...])
        )
    }
}
