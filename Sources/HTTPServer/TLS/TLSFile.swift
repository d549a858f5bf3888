import Glibc

/// A file of a certificate or a key, read as a whole.
struct TLSFile {
    let path: String
    let bytes: [UInt8]
    /// Whether every user of the machine may read it.
    let isWorldReadable: Bool

    /// PEM holds text between lines such as this; anything else is taken for PKCS#12.
    var isPEM: Bool { String(decoding: bytes, as: UTF8.self).contains("-----BEGIN ") }

    /// Reads a file of at most ``TLSCertificate/fileBytesMax``.
    init(_ path: String, holding what: String) throws(TLSError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw TLSError("The \(what) '\(path)' cannot be read: \(systemErrorText(errno)). \(Self.remedy(errno))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw TLSError("The \(what) '\(path)' is not a file. Name the file itself.")
        }
        let bytesMax = TLSCertificate.fileBytesMax
        guard status.st_size <= bytesMax else {
            throw TLSError("The \(what) '\(path)' has more than \(bytesMax) bytes, which no certificate needs.")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + filled, $0.count - filled) }
            guard count > 0 else { break }
            filled += count
        }
        bytes.removeLast(bytes.count - filled)
        guard !bytes.isEmpty else { throw TLSError("The \(what) '\(path)' is empty.") }
        self.path = path
        self.bytes = bytes
        isWorldReadable = status.st_mode & 0o004 != 0
    }

    private static func remedy(_ code: CInt) -> String {
        switch code {
        case ENOENT: "Check the path."
        case EACCES, EPERM: "Let the user of this process read it."
        default: "Check the file and its disk."
        }
    }
}
