import FunctionKit
import Glibc

/// The host's data folder on disk, as the place for files that functions leave for a person.
///
/// Everything in it is readable by its owner alone (0700 and 0600).
package struct FileOutbox: FileFolder {
    /// The longest relative path: 200 bytes.
    package static let pathBytesMax = 200

    private let root: String

    /// Makes a view of the folder; it must exist.
    package init(root: String) { self.root = root }

    /// Writes a file by way of a temporary one, so that a reader never sees half of it.
    package func write(_ bytes: [UInt8], to path: String) async throws -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard path.utf8.count <= Self.pathBytesMax, parts.allSatisfy(Self.isSafe) else {
            throw FileFolderError(
                "'\(path)' is not a valid file path. Use letters, digits, '.', '-' and '_', and no leading dot."
            )
        }
        var folder = root
        for part in parts.dropLast() {
            folder += "/\(part)"
            mkdir(folder, 0o700)
        }
        let target = "\(root)/\(path)"
        try Self.replace(target, with: bytes)
        return target
    }

    private static func isSafe(_ part: Substring) -> Bool {
        !part.isEmpty && !part.hasPrefix(".")
            && part.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func replace(_ target: String, with bytes: [UInt8]) throws {
        let temporary = target + ".part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(target) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw failure(target) }
            rest = rest.dropFirst(count)
        }
        guard rename(temporary, target) == 0 else { throw failure(target) }
    }

    private static func failure(_ target: String) -> FileFolderError {
        FileFolderError(
            "'\(target)' cannot be written: \(String(cString: strerror(errno))). Check the data folder and its disk."
        )
    }
}
