import Glibc

/// A failed system call.
private struct ReadError: Error {
    let number: Int32
}

/// The bytes of a zone's file, one more than ``TimeZoneDirectory/fileBytesMax`` at the most.
package func readTimeZoneFile(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ReadError(number: errno) }
    defer { close(descriptor) }
    let limit = TimeZoneDirectory.fileBytesMax + 1
    var bytes = [UInt8](repeating: 0, count: limit)
    var count = 0
    while count < limit {
        let got = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress?.advanced(by: count), limit - count) }
        if got == 0 { break }
        guard got > 0 else {
            if errno == EINTR { continue }
            throw ReadError(number: errno)
        }
        count += got
    }
    return Array(bytes.prefix(count))
}
