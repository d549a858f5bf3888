import CLinux
import Glibc

/// Numeric addresses to and from the system's form.
enum SocketAddress {
    /// The address of a peer without its port: `127.0.0.1`, `::1`; an IPv4 peer of an IPv6 socket is shown as IPv4.
    static func text(of address: sockaddr_storage) -> String {
        withUnsafePointer(to: address) { storage in
            if Int32(address.ss_family) == AF_INET6 {
                let text = storage.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                    var bytes = pointer.pointee.sin6_addr
                    return print(AF_INET6, &bytes)
                }
                let mapped = "::ffff:"
                return text.hasPrefix(mapped) && text.contains(".") ? String(text.dropFirst(mapped.count)) : text
            }
            return storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                var bytes = pointer.pointee.sin_addr
                return print(AF_INET, &bytes)
            }
        }
    }

    private static func print(_ family: CInt, _ bytes: UnsafeRawPointer) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard let start = buffer.baseAddress, inet_ntop(family, bytes, start, socklen_t(buffer.count)) != nil else {
                return ""
            }
            return String(cString: start)
        }
    }

    /// The system's form of a numeric address and port; nil when the address is not one.
    static func parse(_ address: String, port: Int) -> (storage: sockaddr_storage, length: socklen_t)? {
        var storage = sockaddr_storage()
        var ipv4 = sockaddr_in()
        if inet_pton(AF_INET, address, &ipv4.sin_addr) == 1 {
            ipv4.sin_family = sa_family_t(AF_INET)
            ipv4.sin_port = UInt16(port).bigEndian
            withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: withUnsafeBytes(of: ipv4) { Array($0) }) }
            return (storage, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        var ipv6 = sockaddr_in6()
        if inet_pton(AF_INET6, address, &ipv6.sin6_addr) == 1 {
            ipv6.sin6_family = sa_family_t(AF_INET6)
            ipv6.sin6_port = UInt16(port).bigEndian
            withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: withUnsafeBytes(of: ipv6) { Array($0) }) }
            return (storage, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
        return nil
    }

    /// The port in the system's form of an address.
    static func port(of address: sockaddr_storage) -> Int {
        withUnsafePointer(to: address) { storage in
            // Both families keep the port at the same place.
            storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { Int(UInt16(bigEndian: $0.pointee.sin_port)) }
        }
    }
}
