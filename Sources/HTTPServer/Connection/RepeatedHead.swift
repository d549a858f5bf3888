import Glibc

/// The header that a connection sends again and again, so that it is taken apart once.
///
/// Programs that poll, checks of a load balancer and pages that wait for news send the same bytes each time, and to read them is a quarter
/// of what a small answer costs. A header means what its bytes say and nothing else, so bytes that are equal mean the same. It is kept when
/// it comes for the second time in a row; of others a number of eight bytes is all that is remembered.
struct RepeatedHead {
    /// Longer headers are read anew each time: 2 KiB.
    static let bytesMax = 2048

    /// Shared by the copies of a connection's state.
    private final class Kept {
        let bytes: [UInt8]
        let head: RequestHead

        init(_ bytes: [UInt8], _ head: RequestHead) {
            self.bytes = bytes
            self.head = head
        }

        func stands(before received: Span<UInt8>) -> Bool {
            guard bytes.count <= received.count else { return false }
            // Both have as many bytes as are compared.
            return bytes.withUnsafeBufferPointer { kept in
                received.withUnsafeBufferPointer { received in
                    guard let left = kept.baseAddress, let right = received.baseAddress else { return false }
                    return memcmp(left, right, kept.count) == 0
                }
            }
        }
    }

    private var fingerprint = 0
    private var kept: Kept?

    /// The header that was kept and its length, if the bytes begin with it.
    func match(_ bytes: Span<UInt8>) -> (head: RequestHead, length: Int)? {
        guard let kept, kept.stands(before: bytes) else { return nil }
        return (kept.head, kept.bytes.count)
    }

    /// Notes a header that had to be read.
    ///
    /// - Parameter bytes: the header, from its method to the empty line.
    mutating func note(_ bytes: Span<UInt8>, _ head: RequestHead) {
        guard bytes.count <= Self.bytesMax else { return forget() }
        let fingerprint = Self.fingerprint(of: bytes)
        defer { self.fingerprint = fingerprint }
        guard fingerprint == self.fingerprint else {
            kept = nil
            return
        }
        kept = Kept(bytes.withUnsafeBufferPointer { Array($0) }, head)
    }

    /// Forgets the header, which a connection without work need not hold.
    mutating func forget() { self = RepeatedHead() }

    /// A number that equal bytes share. Others may share it, too: then a header is kept that does not come again.
    private static func fingerprint(of bytes: Span<UInt8>) -> Int {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}
