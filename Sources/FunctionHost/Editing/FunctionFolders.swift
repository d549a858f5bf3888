import Glibc

/// The function folders of an app on disk: finds, writes and removes them for the admin API.
///
/// An actor, so that files are touched off the server's event loops and one change at a time.
package actor FunctionFolders {
    private let root: String
    private let dataFolder: String
    private let files = SystemAppFiles()

    /// Makes the access to an app's folder.
    ///
    /// - Parameters:
    ///   - root: the folder that holds `host.json`.
    ///   - dataFolder: the host's own folder, which keeps test data in `sampledata`.
    package init(root: String, dataFolder: String) {
        self.root = root
        self.dataFolder = dataFolder
    }

    /// A function's test data; nil when it has more than ``testDataShownMax`` bytes. Azure makes an empty file where there is none; a
    /// question leaves nothing behind here.
    func testData(of function: String) -> String? {
        do throws(AppFileError) {
            let bytes = try files.contents(of: testDataPath(function), upTo: Self.testDataShownMax)
            return String(decoding: bytes, as: UTF8.self)
        } catch .missing {
            return ""
        } catch {
            return nil
        }
    }

    /// The longest test data that answers bring along: 4 KiB.
    static let testDataShownMax = 4096

    /// What a written function is now.
    struct Written: Equatable {
        /// The folder's path below the root.
        var folder: String
        /// The bytes of its `function.json`.
        var config: [UInt8]
    }

    /// Writes a function's files: its folder is made if it is not there, and files that the upload does not name stay.
    ///
    /// All files are on the disk before the first one takes its place, and `function.json` does so last: a new function is there as a
    /// whole or not at all.
    func write(_ upload: FunctionUpload, to function: String) throws(EditingError) -> Written {
        guard FunctionName.isValid(function) else { throw .invalidName(function) }
        let existing = folder(of: function)
        // A folder that is something else, such as the host's data, must not become a function that could be removed.
        guard existing != nil || ((try? files.names(in: "\(root)/\(function)")) ?? []).isEmpty else {
            throw .taken(function)
        }
        guard isWritable(existing.map { "\(root)/\($0)" } ?? root) else { throw .readOnly }
        let folder = existing ?? function
        let old = try? files.contents(of: "\(root)/\(folder)/function.json", upTo: AppFolder.descriptorBytesMax)
        guard let config = upload.config ?? old else {
            throw .invalidBody("A new function needs 'config', or a file 'function.json'.")
        }
        var writer = FileSetWriter(folder: "\(root)/\(folder)")
        for file in upload.files { try writer.prepare(file.bytes, as: file.path) }
        if let config = upload.config { try writer.prepare(config, as: "function.json") }
        try writer.finish()
        if let testData = upload.testData {
            var writer = FileSetWriter(folder: dataFolder + "/sampledata")
            try writer.prepare(Array(testData.utf8), as: testDataName(function))
            try writer.finish()
        }
        return Written(folder: folder, config: config)
    }

    /// Removes a function's folder with all that is in it, and its test data.
    ///
    /// - Returns: false when the app has no folder of this name with a `function.json`.
    func remove(_ function: String) throws(EditingError) -> Bool {
        guard FunctionName.isValid(function), let folder = folder(of: function) else { return false }
        guard isWritable(root + "/" + (folder.contains("/") ? AppFolder.functionsFolder : "")) else { throw .readOnly }
        guard !holdsMore("\(root)/\(folder)") else { throw .holdsMore(folder) }
        try FolderRemoval.remove("\(root)/\(folder)")
        unlink(testDataPath(function))
        return true
    }

    /// Prepares an archive of `host.json` and the function folders.
    func archive() throws(EditingError) -> AppArchive {
        try AppArchive(root: root, folders: functionFolders().map(\.path))
    }

    /// Whether a folder is, or holds, the host's data or the folder of all functions.
    private func holdsMore(_ path: String) -> Bool {
        func resolved(_ path: String) -> String? {
            guard let real = realpath(path, nil) else { return nil }
            defer { free(real) }
            return String(cString: real) + "/"
        }
        guard let folder = resolved(path) else { return false }
        return [dataFolder, "\(root)/\(AppFolder.functionsFolder)"].contains { resolved($0)?.hasPrefix(folder) == true }
    }

    /// The path below the root of the folder of a function, whatever the case of its name.
    private func folder(of function: String) -> String? {
        functionFolders().first { $0.name.lowercased() == function.lowercased() }?.path
    }

    /// All folders with a `function.json`, in the order in which the host finds them.
    private func functionFolders() -> [(name: String, path: String)] {
        ["", AppFolder.functionsFolder + "/"].flatMap { parent in
            ((try? files.names(in: "\(root)/\(parent)")) ?? []).sorted(by: FunctionName.precedes)
                .filter { FunctionName.isValid($0) && access("\(root)/\(parent)\($0)/function.json", F_OK) == 0 }
                .map { (name: $0, path: parent + $0) }
        }
    }

    private func isWritable(_ path: String) -> Bool { access(path, W_OK | X_OK) == 0 }

    private func testDataPath(_ function: String) -> String { "\(dataFolder)/sampledata/\(testDataName(function))" }

    private func testDataName(_ function: String) -> String { function.lowercased() + ".dat" }
}
