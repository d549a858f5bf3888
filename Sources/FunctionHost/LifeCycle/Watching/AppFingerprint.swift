import Glibc

/// Which files declare an app, and when each was last changed: two looks that differ mean that something was changed.
package struct AppFingerprint: Sendable, Equatable {
    /// How much is looked at.
    package enum Scope: Sendable, Equatable {
        /// Whether `app_offline.htm` is there, which is all that matters to an app that runs.
        case offlinePage
        /// `host.json` and every `function.json`, too.
        case everything
    }

    /// What tells a file from its other versions.
    package struct Stamp: Sendable, Equatable {
        var inode: UInt64
        var bytes: Int64
        var seconds: Int64
        var nanoseconds: Int64
        var changeSeconds: Int64
        var changeNanoseconds: Int64

        /// The stamp of a file; nil when it is not there.
        package init?(of path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            inode = UInt64(status.st_ino)
            bytes = Int64(status.st_size)
            seconds = Int64(status.st_mtim.tv_sec)
            nanoseconds = Int64(status.st_mtim.tv_nsec)
            changeSeconds = Int64(status.st_ctim.tv_sec)
            changeNanoseconds = Int64(status.st_ctim.tv_nsec)
        }
    }

    /// A file that two looks see differently.
    package struct Change: Sendable, Equatable {
        /// In Azure's words: `Created`, `Changed` or `Deleted`.
        package var type: String
        /// The file's whole path.
        package var path: String
    }

    /// How many function folders are looked at: 4,096. What lies beyond is not watched.
    package static let foldersMax = 4096
    /// The file that takes an app off line.
    package static let offlineFile = "app_offline.htm"

    private(set) var stamps: [String: Stamp] = [:]
    private let offlinePath: String

    /// Looks at the app in `root`.
    package init(root: String, scope: Scope, files: some AppFiles = SystemAppFiles()) {
        offlinePath = "\(root)/\(Self.offlineFile)"
        stamps[offlinePath] = Stamp(of: offlinePath)
        guard scope == .everything else { return }
        stamps["\(root)/host.json"] = Stamp(of: "\(root)/host.json")
        for folder in Self.folders(of: root, files: files) {
            let path = "\(folder)/function.json"
            stamps[path] = Stamp(of: path)
        }
    }

    /// Whether `app_offline.htm` is there.
    package var isOffline: Bool { stamps[offlinePath] != nil }

    /// The folders that may hold a `function.json`.
    static func folders(of root: String, files: some AppFiles = SystemAppFiles()) -> [String] {
        let parents = [root, "\(root)/\(AppFolder.functionsFolder)"]
        let folders = parents.flatMap { parent in
            ((try? files.names(in: parent)) ?? []).filter { !$0.hasPrefix(".") }.sorted().map { "\(parent)/\($0)" }
        }
        return Array(folders.prefix(foldersMax))
    }

    /// The files that an earlier look saw differently, apart from `app_offline.htm`, by path.
    func changes(since before: AppFingerprint) -> [Change] {
        Set(stamps.keys).union(before.stamps.keys).subtracting([offlinePath]).sorted().compactMap { path in
            switch (before.stamps[path], stamps[path]) {
            case (nil, .some): Change(type: "Created", path: path)
            case (.some, nil): Change(type: "Deleted", path: path)
            case (let old, let new): old == new ? nil : Change(type: "Changed", path: path)
            }
        }
    }

    /// Takes the stamp of a file from before this look, so that a change in between is seen by the next one.
    mutating func replace(_ path: String, with stamp: Stamp?) { stamps[path] = stamp }
}
