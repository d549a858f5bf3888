import Glibc

/// Where the library of a function is looked for.
///
/// In this order: the function's own folder; the folder that `--libraries` names, and then nothing else; this program's folder, if
/// that is in the app's own `.build`; of `.build/debug` and `.build/release` in the app the one with the newer file; this program's
/// folder. So an app beside this repository is served from what its own `swift build` made, even when this program was built together
/// with a library of the same name.
package struct LibrarySearch: Sendable {
    private let appRoot: String
    private let programFolder: String
    private let libraries: String?

    /// Makes a search.
    ///
    /// - Parameters:
    ///   - appRoot: the folder that holds `host.json`.
    ///   - programFolder: the folder of the host's program.
    ///   - libraries: the folder that `--libraries` names; nil without it.
    package init(appRoot: String, programFolder: String, libraries: String? = nil) {
        self.appRoot = appRoot
        self.programFolder = programFolder
        self.libraries = libraries
    }

    /// The places of a function's library, the one to use first.
    package func candidates(scriptFile: String, folder: String) -> [String] {
        folders(scriptFile: scriptFile, folder: folder).map { "\($0)/\(scriptFile)" }
    }

    private func folders(scriptFile: String, folder: String) -> [String] {
        if let libraries { return [folder, libraries] }
        let build = appRoot + "/.build"
        // The build's folders are links, so the program is elsewhere than it was called.
        if isInside(programFolder, build) { return [folder, programFolder] }
        let builds = ["debug", "release"].map { (name: String) in "\(build)/\(name)" }
            .filter { (path: String) in access(path, F_OK) == 0 }
        let newestFirst = builds.sorted { Self.modified("\($0)/\(scriptFile)") > Self.modified("\($1)/\(scriptFile)") }
        return [folder] + newestFirst + [programFolder]
    }

    private func isInside(_ folder: String, _ build: String) -> Bool {
        guard let resolved = realpath(build, nil) else { return false }
        defer { free(resolved) }
        return (folder + "/").hasPrefix(String(cString: resolved) + "/")
    }

    /// When a file was changed, in nanoseconds; 0 when it is not there.
    private static func modified(_ path: String) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { return 0 }
        return status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    }
}
