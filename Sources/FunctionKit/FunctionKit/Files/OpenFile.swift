import Glibc

/// A regular file that is open for reading; it is closed with the last reference to this object.
///
/// Size and time are those of the moment at which it was opened. The file may change afterwards: whoever sends it never sends
/// more than was announced, and breaks off when there is less.
public final class OpenFile: Sendable {
    /// The descriptor, for `pread(2)` and `sendfile(2)` with an offset of one's own, as long as this object is held. It is never
    /// closed, nor its position used, by anybody else.
    public let descriptor: CInt
    /// The size in bytes.
    public let byteCount: Int
    /// Whole seconds from 1970 to the last change of the content.
    public let modifiedSecond: Int64
    /// The nanoseconds of that second, as precise as the file system is.
    public let modifiedNanosecond: Int

    /// Opens a file; a symbolic link is followed.
    ///
    /// - Throws: ``FileError``: not found, not a regular file, or a refusal of the system.
    public convenience init(path: String) throws(FileError) {
        // Without O_NONBLOCK a FIFO would hold the thread until somebody writes to it.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw .system("Cannot open '\(path)'", errno) }
        try self.init(adopting: descriptor, name: path)
    }

    /// Takes over a descriptor, which is closed when this is refused, too.
    ///
    /// - Parameter name: how errors call it.
    /// - Throws: ``FileError/Code/notRegular`` for anything but a regular file.
    public convenience init(adopting descriptor: CInt, name: String = "a file") throws(FileError) {
        var status = stat()
        let result = fstat(descriptor, &status)
        guard result == 0, status.st_mode & S_IFMT == S_IFREG else {
            let code = errno
            Glibc.close(descriptor)
            throw result == 0
                ? FileError(.notRegular, "Cannot read '\(name)': it is not a regular file.")
                : .system("Cannot read '\(name)'", code)
        }
        self.init(descriptor, status)
    }

    /// Takes over a descriptor of a regular file with its status.
    init(_ descriptor: CInt, _ status: stat) {
        self.descriptor = descriptor
        byteCount = Int(status.st_size)
        modifiedSecond = Int64(status.st_mtim.tv_sec)
        modifiedNanosecond = Int(status.st_mtim.tv_nsec)
    }

    deinit { Glibc.close(descriptor) }

    /// Reads up to `count` bytes from a position on: fewer where the system gives fewer, none at the file's end.
    ///
    /// - Throws: ``FileError/Code/system`` when the disk fails.
    public func read(at offset: Int, upTo count: Int) throws(FileError) -> [UInt8] {
        var failure: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: max(count, 0)) { buffer, filled in
            while true {
                let read = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
                if read >= 0 {
                    filled = read
                    return
                }
                guard errno == EINTR else {
                    failure = errno
                    return
                }
            }
        }
        guard failure == 0 else { throw .system("Cannot read an open file", failure) }
        return bytes
    }
}
