import CLinux
import Glibc

/// Whom a connection counts for: an IPv4 address, or the /64 of an IPv6 address, which is the least that a provider gives to one
/// customer (RFC 6177), so that nobody has more places by having more addresses.
struct AddressKey: Hashable, Sendable {
    private let isIPv4: Bool
    private let network: UInt64

    /// The key of a peer; an IPv4 peer of an IPv6 socket counts as IPv4. Nil for what is neither.
    init?(_ address: sockaddr_storage) {
        switch CInt(address.ss_family) {
        case AF_INET:
            isIPv4 = true
            network = withUnsafePointer(to: address) { storage in
                storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt64($0.pointee.sin_addr.s_addr) }
            }
        case AF_INET6:
            let (high, low) = withUnsafePointer(to: address) { storage in
                storage.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                    withUnsafeBytes(of: pointer.pointee.sin6_addr) {
                        ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                    }
                }
            }
            // ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2)
            isIPv4 = high == 0 && UInt64(bigEndian: low) >> 32 == 0xFFFF
            network = isIPv4 ? UInt64(UInt32(truncatingIfNeeded: UInt64(bigEndian: low)).bigEndian) : high
        default: return nil
        }
    }
}
