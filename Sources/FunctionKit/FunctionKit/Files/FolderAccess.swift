internal import CFolder
import Glibc

/// Opens what lies within one folder, and nothing else: no part of a path and no symbolic link leads out of it.
struct FolderAccess: Sendable {
    /// How a path is followed.
    enum Resolution {
        /// By the kernel, which keeps the whole walk within the folder (`openat2(2)`, `RESOLVE_BENEATH`, Linux 5.6): links that
        /// stay within it are followed.
        case beneath
        /// Part by part with `O_NOFOLLOW`, where the kernel cannot: no link is followed.
        case stepwise
    }

    enum Entry {
        case file(OpenFile)
        case folder
        /// Nothing, or nothing that is to be told of.
        case none
    }

    /// The folder's own path; links on the way to it are the operator's.
    let path: String
    var resolution = Resolution.beneath

    /// How often a walk is begun again that something was renamed under.
    private static let walksMax = 8

    /// Opens the folder, to say at the start that it is not there.
    func check() throws(FileError) { close(try root()) }

    /// Opens what the parts of a path lead to; the folder itself without any.
    ///
    /// The parts are names: not empty, without `/` and NUL, and neither `.` nor `..`.
    ///
    /// - Throws: ``FileError/Code/system`` when the system fails. What is absent, forbidden or outside is ``Entry/none``.
    func open(_ parts: [String]) throws(FileError) -> Entry {
        let root = try root()
        defer { close(root) }
        guard !parts.isEmpty else { return .folder }
        var descriptor: CInt = -1
        var code: CInt = ENOSYS
        if resolution == .beneath { (descriptor, code) = openBeneath(root, parts.joined(separator: "/")) }
        // EPERM is how some sandboxes refuse a call that they do not know.
        if descriptor < 0, code == ENOSYS || code == EPERM || code == EINVAL {
            (descriptor, code) = openStepwise(root, parts)
        }
        guard descriptor >= 0 else {
            switch code {
            case EMFILE, ENFILE, ENOMEM, EIO, EAGAIN: throw .system("Cannot open a file of '\(path)'", code)
            default: return .none
            }
        }
        return entry(descriptor)
    }

    private func root() throws(FileError) -> CInt {
        let root = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw .system("Cannot open the folder '\(path)'", errno) }
        return root
    }

    private func entry(_ descriptor: CInt) -> Entry {
        var status = stat()
        if fstat(descriptor, &status) == 0 {
            if status.st_mode & S_IFMT == S_IFREG { return .file(OpenFile(descriptor, status)) }
            close(descriptor)
            return status.st_mode & S_IFMT == S_IFDIR ? .folder : .none
        }
        close(descriptor)
        return .none
    }

    private func openBeneath(_ root: CInt, _ path: String) -> (descriptor: CInt, code: CInt) {
        for _ in 0..<Self.walksMax {
            let descriptor = postern_open_beneath(root, path)
            if descriptor >= 0 { return (descriptor, 0) }
            let code = errno
            guard code == EAGAIN || code == EINTR else { return (-1, code) }
        }
        return (-1, EAGAIN)
    }

    private func openStepwise(_ root: CInt, _ parts: [String]) -> (descriptor: CInt, code: CInt) {
        var folder = root
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            let kind = isLast ? O_NONBLOCK | O_NOCTTY : O_DIRECTORY
            let next = openat(folder, part, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | kind)
            let code = errno
            if folder != root { close(folder) }
            guard next >= 0, !isLast else { return (next, code) }
            folder = next
        }
        return (-1, ENOENT)
    }
}
