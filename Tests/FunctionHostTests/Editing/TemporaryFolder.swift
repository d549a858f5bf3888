import Glibc

@testable import FunctionHost

/// A folder of the system's that goes away with its last user.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/postern-folder-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw EditingError.readOnly }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FolderRemoval.remove(path) }

    /// Writes a file, making the folders above it.
    func write(_ text: String, to name: String) throws {
        var parts = name.split(separator: "/").map(String.init)
        let last = parts.removeLast()
        var folder = path
        for part in parts {
            folder += "/" + part
            mkdir(folder, 0o755)
        }
        guard let file = fopen("\(folder)/\(last)", "w") else { throw EditingError.readOnly }
        fputs(text, file)
        fclose(file)
    }

    /// Reads a file; nil when it is not there.
    func read(_ name: String) -> String? {
        (try? SystemAppFiles().contents(of: "\(path)/\(name)", upTo: 1 << 20)).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// All files and folders below, in order; folders end with a slash.
    func tree(_ folder: String = "") -> [String] {
        var result: [String] = []
        for name in ((try? SystemAppFiles().names(in: "\(path)/\(folder)")) ?? []).sorted() {
            var status = stat()
            lstat("\(path)/\(folder)\(name)", &status)
            if status.st_mode & S_IFMT == S_IFDIR {
                result.append("\(folder)\(name)/")
                result += tree("\(folder)\(name)/")
            } else {
                result.append(folder + name)
            }
        }
        return result
    }
}
