import Glibc

/// Where the built program, the apps and scratch folders are.
enum Workplace {
    /// The root of the repository.
    static let root: String = {
        let parts = #filePath.split(separator: "/").dropLast(4)
        return "/" + parts.joined(separator: "/")
    }()

    /// The folder that holds the built program and the functions' libraries: the test bundle's own.
    static let buildFolder: String = {
        guard let path = realpath("/proc/self/exe", nil) else { return root + "/.build/debug" }
        defer { free(path) }
        let own = String(cString: path)
        // 'swift test' runs the bundle through a helper of the toolchain; then the build folder is in the arguments.
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? own
        guard let slash = bundle.lastIndex(of: "/") else { return root + "/.build/debug" }
        return String(bundle[..<slash])
    }()

    static var postern: String { buildFolder + "/postern" }

    static func app(_ name: String) -> String { root + "/Tests/Apps/" + name }
}

/// A folder that goes away with its last user.
final class ScratchFolder: Sendable {
    let path: String
    private let isOwned: Bool

    /// A folder that somebody else made and removes.
    init(path: String) {
        self.path = path
        isOwned = false
    }

    init() throws {
        isOwned = true
        var template = Array("/tmp/postern-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SupportError("No scratch folder: \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        guard isOwned else { return }
        // The standard library has no recursive removal, and this must not pull in Foundation.
        var argv: [UnsafeMutablePointer<CChar>?] = (["rm", "-rf", path] as [String]).map { strdup($0) } + [nil]
        var child = pid_t()
        if posix_spawnp(&child, "rm", nil, nil, &argv, environ) == 0 { waitpid(child, nil, 0) }
        for pointer in argv { free(pointer) }
    }

    /// Writes a file, making the folders above it.
    func write(_ text: String, to name: String) throws {
        let target = path + "/" + name
        var folder = ""
        for part in target.split(separator: "/").dropLast() {
            folder += "/\(part)"
            mkdir(folder, 0o755)
        }
        guard let file = fopen(target, "w") else { throw SupportError("'\(target)' cannot be written.") }
        defer { fclose(file) }
        fputs(text, file)
    }

    /// The names in one of its folders, in order; none when the folder is not there.
    func names(in folder: String) -> [String] {
        guard let directory = opendir(path + "/" + folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// Reads a file; nil when it is not there.
    func read(_ name: String) -> String? { readText(path + "/" + name) }
}

/// Reads a file; nil when it is not there.
func readText(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
}
