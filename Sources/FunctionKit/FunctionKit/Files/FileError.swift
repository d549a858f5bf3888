import Glibc

/// Why a file cannot be used.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, as a program distinguishes it.
    public enum Code: Sendable, Hashable {
        /// There is nothing of this name, or it may not be read.
        case notFound
        /// It is a folder, a device or another thing without bytes of its own.
        case notRegular
        /// The part that was asked for does not lie within the file.
        case outside
        /// The file has become shorter than it was when it was opened.
        case truncated
        /// The system refused, for want of descriptors or because of the disk.
        case system
    }

    /// What went wrong.
    public let code: Code
    /// The sentence for the log: the file, the reason and what to do.
    public let description: String

    /// Makes an error.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    static func system(_ what: String, _ code: CInt) -> FileError {
        let isAbsent = code == ENOENT || code == ENOTDIR || code == EACCES || code == ELOOP || code == ENAMETOOLONG
        let remedy = code == EMFILE || code == ENFILE ? " Raise the limit of open files (ulimit -n)." : ""
        return FileError(isAbsent ? .notFound : .system, "\(what): \(errorText(code)).\(remedy)")
    }

    private static func errorText(_ code: CInt) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return buffer.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }
}
