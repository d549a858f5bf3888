import FunctionKit

/// An app as its folder declares it.
package struct LoadedApp: Sendable {
    /// The root folder.
    package var root: String
    /// What `host.json` says, with the environment's overrides.
    package var configuration: HostConfiguration
    /// The functions that are in order, by name ignoring case; disabled ones are among them.
    package var functions: [FunctionDescriptor]
    /// What is wrong with the others, by function, then in the order of the checks.
    package var problems: [FunctionProblem]
    /// The app settings that each function names, ordered by function; those of functions with problems are among them.
    package var settingUses: [(functionName: String, uses: [SettingUse])]
}

/// Reads an app's folder: `host.json` and every `function.json`.
package enum AppFolder {
    /// The largest `function.json` that is read; a larger one is a problem of its function.
    package static let descriptorBytesMax = 1 << 20
    /// The folder below the root whose sub-folders are function folders too; Azure looks at the root's alone.
    package static let functionsFolder = "Functions"

    /// Reads `host.json` and all function folders of `root`: its sub-folders that hold a `function.json`, and those of its
    /// `Functions/` folder. Bad functions are reported in ``LoadedApp/problems``; they never keep good ones from loading.
    ///
    /// - Parameters:
    ///   - settings: looks up an app setting, for `%name%` and for which functions are disabled.
    ///   - environment: the variables that may override `host.json`: `AzureFunctionsJobHost__…`.
    /// - Throws: ``HostConfigurationError`` when `host.json` is missing or invalid.
    package static func load(
        root: String,
        settings: @escaping @Sendable (String) -> String?,
        environment: [String: String] = [:],
        files: some AppFiles = SystemAppFiles()
    ) throws(HostConfigurationError) -> LoadedApp {
        let configuration = try HostConfiguration.load(root: root, environment: environment, files: files)
        var scan = FolderScan(root: root, settings: settings, files: files, allowed: configuration.functions)
        scan.visit("")
        scan.visit(functionsFolder + "/")
        scan.reportUnknownNames(of: configuration.functions)
        return LoadedApp(
            root: root,
            configuration: configuration,
            functions: scan.functions.sorted { FunctionName.precedes($0.name, $1.name) },
            problems: scan.problems,
            settingUses: scan.settingUses.sorted { FunctionName.precedes($0.functionName, $1.functionName) }
        )
    }
}

/// Walks over the candidates and keeps what it finds.
private struct FolderScan<Files: AppFiles> {
    let root: String
    let settings: @Sendable (String) -> String?
    let files: Files
    /// The allow-list in lower case; nil for all.
    let allowed: Set<String>?
    var functions: [FunctionDescriptor] = []
    var problems: [FunctionProblem] = []
    var settingUses: [(functionName: String, uses: [SettingUse])] = []
    private var names: Set<String> = []

    init(root: String, settings: @escaping @Sendable (String) -> String?, files: Files, allowed: [String]) {
        self.root = root
        self.settings = settings
        self.files = files
        self.allowed = allowed.isEmpty ? nil : Set(allowed.map { $0.lowercased() })
    }

    /// Reads the sub-folders of `parent`, a path below the root that is empty or ends with a slash.
    mutating func visit(_ parent: String) {
        let names: [String]
        do {
            names = try files.names(in: root + "/" + parent)
        } catch {
            problems.append(FunctionProblem(functionName: "", file: parent.isEmpty ? root : parent, reason: "\(error)"))
            return
        }
        for name in names.sorted(by: FunctionName.precedes) { visit(name, in: parent) }
    }

    /// Reports the names of the allow-list that no folder has: whoever wrote one expects that function to run.
    mutating func reportUnknownNames(of allowed: [String]) {
        for name in allowed where names.insert(name.lowercased()).inserted {
            let reason = "The app has no function of this name. Correct it where 'functions' or --functions names it."
            problems.append(FunctionProblem(functionName: name, file: "host.json", key: "functions", reason: reason))
        }
    }

    private mutating func visit(_ name: String, in parent: String) {
        if let allowed, !allowed.contains(name.lowercased()) { return }
        let folder = "\(root)/\(parent)\(name)"
        let file = "\(parent)\(name)/function.json"
        let bytes: [UInt8]
        do {
            bytes = try files.contents(of: folder + "/function.json", upTo: AppFolder.descriptorBytesMax)
        } catch .missing {
            return
        } catch {
            names.insert(name.lowercased())
            problems.append(FunctionProblem(functionName: name, file: file, reason: error.description))
            return
        }
        guard names.insert(name.lowercased()).inserted else {
            let reason = "The function or proxy name '\(name)' must be unique within the function app."
            problems.append(FunctionProblem(functionName: name, file: file, reason: reason))
            return
        }
        var reader = DescriptorReader(name: name, folder: folder, file: file, settings: settings)
        if let descriptor = reader.read(bytes) { functions.append(descriptor) }
        problems += reader.problems
        settingUses.append((functionName: name, uses: reader.settingUses))
    }
}
