import CLinux
import Glibc

/// Reading access to the files of an app folder: the host passes the system's, a test one in memory.
package protocol AppFiles: Sendable {
    /// The names of what a folder holds, in no order; empty when there is no such folder.
    func names(in folder: String) throws(AppFileError) -> [String]

    /// The whole content of a regular file.
    ///
    /// - Throws: ``AppFileError``: `missing` when there is no such file, `tooLarge` beyond `bytesMax`, `unreadable` otherwise.
    func contents(of path: String, upTo bytesMax: Int) throws(AppFileError) -> [UInt8]
}

/// Why a file of the app cannot be read.
package enum AppFileError: Error, Equatable, CustomStringConvertible {
    /// There is no such file.
    case missing
    /// The file has more bytes than the bound.
    case tooLarge(bytesMax: Int)
    /// The file is there and cannot be read, with the system's reason.
    case unreadable(String)

    /// Whether the system cannot read it now, which may pass.
    var isUnreadable: Bool {
        if case .unreadable = self { true } else { false }
    }

    /// The reason as a sentence.
    package var description: String {
        switch self {
        case .missing: "The file does not exist."
        case .tooLarge(let bytesMax): "The file is larger than \(bytesMax) bytes."
        case .unreadable(let reason): "The file cannot be read: \(reason)."
        }
    }
}

/// The system's files.
package struct SystemAppFiles: AppFiles {
    /// Makes the access; it holds no state.
    package init() {}

    /// The names of what a folder holds.
    package func names(in folder: String) throws(AppFileError) -> [String] {
        guard let stream = opendir(folder) else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { return [] }
            throw .unreadable(reason(code))
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = String(cString: postern_entry_name(entry))
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The whole content of a regular file.
    package func contents(of path: String, upTo bytesMax: Int) throws(AppFileError) -> [UInt8] {
        // Non-blocking, so that a named pipe in the folder cannot stop the start.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw openError(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(reason(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable("it is not a regular file") }
        guard status.st_size <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
        return try contents(of: descriptor, sizeHint: Int(status.st_size), upTo: bytesMax)
    }

    private func contents(
        of descriptor: Int32,
        sizeHint: Int,
        upTo bytesMax: Int
    ) throws(AppFileError) -> [UInt8] {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: max(4096, min(sizeHint + 1, 1 << 20)))
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(reason(errno)) }
            if count == 0 { return result }
            result.append(contentsOf: chunk[..<count])
            guard result.count <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
        }
    }

    private func openError(_ code: Int32) -> AppFileError {
        code == ENOENT || code == ENOTDIR ? .missing : .unreadable(reason(code))
    }

    private func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
