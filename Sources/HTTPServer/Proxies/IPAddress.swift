import CLinux
import Glibc

/// An IPv4 or IPv6 address. An IPv4 address that is written as an IPv6 one (`::ffff:192.0.2.1`) is the IPv4 address.
struct IPAddress: Hashable, Sendable {
    /// The 128 bits of the IPv6 form.
    let high: UInt64
    let low: UInt64

    private static let mappedPrefix: UInt64 = 0xFFFF_0000_0000

    var isIPv4: Bool { high == 0 && low & ~0xFFFF_FFFF == Self.mappedPrefix }

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the four or sixteen bytes of the network's form; nil for another count.
    init?(networkBytes bytes: some Collection<UInt8>) {
        func number(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        switch bytes.count {
        case 4: self.init(high: 0, low: Self.mappedPrefix | number(bytes))
        case 16: self.init(high: number(bytes.prefix(8)), low: number(bytes.dropFirst(8)))
        default: return nil
        }
    }

    /// Reads the usual text, without brackets, port or zone; nil for anything else.
    init?(_ text: some StringProtocol) {
        // The longest IPv6 address has 45 characters.
        guard !text.isEmpty, text.utf8.count <= 45 else { return nil }
        let text = String(text)
        var ipv4 = in_addr()
        if inet_pton(AF_INET, text, &ipv4) == 1 {
            self.init(high: 0, low: Self.mappedPrefix | UInt64(UInt32(bigEndian: ipv4.s_addr)))
            return
        }
        var ipv6 = in6_addr()
        guard inet_pton(AF_INET6, text, &ipv6) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: ipv6) { Array($0) }
        self.init(networkBytes: bytes)
    }

    /// The address of a peer; nil when it is not of the internet.
    init?(_ storage: sockaddr_storage) {
        switch CInt(storage.ss_family) {
        case AF_INET:
            let address = withUnsafeBytes(of: storage) { $0.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr }
            self.init(high: 0, low: Self.mappedPrefix | UInt64(UInt32(bigEndian: address)))
        case AF_INET6:
            let address = withUnsafeBytes(of: storage) { $0.loadUnaligned(as: sockaddr_in6.self).sin6_addr }
            self.init(networkBytes: withUnsafeBytes(of: address) { Array($0) })
        default: return nil
        }
    }

    /// The usual text: `192.0.2.1`, `2001:db8::1`.
    var text: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            if isIPv4 {
                var address = in_addr(s_addr: UInt32(truncatingIfNeeded: low).bigEndian)
                inet_ntop(AF_INET, &address, start, socklen_t(buffer.count))
            } else {
                var address = (high.bigEndian, low.bigEndian)
                inet_ntop(AF_INET6, &address, start, socklen_t(buffer.count))
            }
            return String(cString: start)
        }
    }
}
