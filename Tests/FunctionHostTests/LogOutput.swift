import Glibc
import Testing

/// A file without a name that a log writes to and a test reads.
///
/// Not a pipe: reading one ends when nobody has its other end open, and a program that another test starts in this moment may have
/// inherited it. And a file takes any number of lines without a reader.
final class LogOutput: Sendable {
    let descriptor: Int32

    init() throws {
        let path = "/tmp/postern-log-\(UInt64.random(in: .min ... .max))"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0, "\(path): \(String(cString: strerror(errno)))")
        unlink(path)
    }

    deinit { close(descriptor) }

    /// What was written so far.
    var text: String {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = pread(descriptor, &buffer, buffer.count, text.count), count > 0 {
            text += buffer[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
