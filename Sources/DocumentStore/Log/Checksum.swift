internal import CXXHash
internal import CZlib

/// The checksums of the store.
enum Checksum {
    /// The CRC-32 of zlib and gzip (RFC 1952, section 8), which anyone can compute who reads a log by hand.
    static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: CZlib.crc32_z(0, $0.baseAddress, $0.count)) }
    }

    /// Appends a CRC-32 as eight hexadecimal digits.
    static func appendText(of value: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt32(28), through: 0, by: -4) {
            bytes.append(digits[Int(value >> shift & 0xF)])
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// XXH3 with 64 bits, for what only this program reads.
    static func xxh3(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBufferPointer { postern_xxh3($0.baseAddress, $0.count) }
    }

    /// The checksum that a location carries of its body.
    static func ofBody(_ bytes: ArraySlice<UInt8>) -> UInt32 { UInt32(truncatingIfNeeded: xxh3(bytes)) }
}
