import Glibc

/// Where an app and its data are, as `--app` and `--data` say.
struct AppLocation {
    /// The folder that holds `host.json`.
    let root: String
    /// The host's data folder.
    let dataFolder: String

    /// Finds both: `--app`, else the nearest folder upwards that holds a `host.json`; `--data`, else `data` in the app.
    init(_ arguments: Arguments) throws { try self.init(app: arguments["app"], data: arguments["data"]) }

    /// Finds both from the values of the options.
    init(app: String?, data: String?) throws {
        if let app {
            guard let path = realPath(app) else {
                throw CommandFailure(ExitCode.configuration, "The app folder '\(app)' does not exist.")
            }
            root = path
        } else {
            root = Self.nearestRoot() ?? realPath(".") ?? "."
        }
        dataFolder = data.map(absolutePath) ?? root + "/data"
    }

    private static func nearestRoot() -> String? {
        guard var folder = realPath(".") else { return nil }
        while access(folder + "/host.json", F_OK) != 0 {
            guard let slash = folder.lastIndex(of: "/"), folder != "/" else { return nil }
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
        }
        return folder
    }
}

/// The path without links, dots and double slashes; nil when nothing is there.
func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}

/// A path that stays right when the current folder changes; the file need not exist.
func absolutePath(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    return (realPath(".") ?? "") + "/" + path
}

/// The folder of this program, where the build puts the functions' libraries, too.
func executableFolder() -> String {
    guard let path = realPath("/proc/self/exe"), let slash = path.lastIndex(of: "/") else { return "." }
    return String(path[..<slash])
}

/// A path without links and dots as far as it exists, for comparing places; the last part need not exist.
func resolvedPath(_ path: String) -> String {
    let path = absolutePath(path)
    if let real = realPath(path) { return real }
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex, let parent = realPath(String(path[..<slash]))
    else { return path }
    return (parent == "/" ? "" : parent) + path[slash...]
}
