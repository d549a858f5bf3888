internal import CZlib

/// The CRC-32 of zlib and gzip (RFC 1952, section 8), as eight hexadecimal digits.
enum Checksum {
    static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: CZlib.crc32_z(0, $0.baseAddress, $0.count)) }
    }

    static func appendText(of value: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt32(28), through: 0, by: -4) {
            bytes.append(digits[Int(value >> shift & 0xF)])
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
