import FunctionKit
import Glibc

/// `app_offline.htm` in an app's root: while it is there, the app is off line and everyone gets this page.
struct OfflinePage: Sendable {
    /// How much of the file is served: 1 MiB. A larger file, or one that cannot be read, is stood in for by the page that
    /// ``write()`` writes.
    static let bytesMax = 1 << 20

    private let path: String

    init(root: String) { path = "\(root)/\(AppFingerprint.offlineFile)" }

    /// Whether the file is there.
    var isThere: Bool { access(path, F_OK) == 0 }

    /// What callers get.
    var bytes: [UInt8] {
        (try? SystemAppFiles().contents(of: path, upTo: Self.bytesMax)) ?? Array(Self.standard.utf8)
    }

    /// Writes the page that says no more than that the app is off line.
    func write() throws(HostControlError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("written") }
        defer { close(descriptor) }
        let bytes = Array(Self.standard.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw failure("written") }
    }

    /// Removes the file; it may be gone already.
    func remove() throws(HostControlError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("removed") }
    }

    private func failure(_ verb: String) -> HostControlError {
        HostControlError(
            "'\(path)' cannot be \(verb): \(String(cString: strerror(errno))). Give the host's user the right to write there."
        )
    }

    private static let standard = """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><title>Offline</title>
        <body style="font-family:sans-serif;margin:4rem auto;max-width:32rem">
        <h1>This app is offline</h1>
        <p>It was taken off line by its operator. Please come back later.</p>
        </body></html>

        """
}
