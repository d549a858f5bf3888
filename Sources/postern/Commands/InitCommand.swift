import FunctionHost
import Glibc

/// `postern init`: writes an app.
enum InitCommand {
    static let command = Command(
        "init",
        "Write an app with one function",
        details: """
            Write an app: Package.swift, host.json, local.settings.json, .gitignore, README.md, and a function 'hello' with its
            test. Overwrites nothing. Then 'swift build' and 'postern start' serve it.
            """,
        words: [
            .init(
                name: "DIR",
                summary: "The app's folder (the current one); made when it is not there",
                isOptional: true,
                completion: .folder
            )
        ],
        options: [
            .init(
                name: "postern",
                value: "DIR",
                summary:
                    "Postern's sources, which the app's package needs (POSTERN_HOME, else where this program was built)",
                completion: .folder
            )
        ],
        run: run
    )

    private static func run(_ arguments: Arguments) throws -> Int32 {
        let root = resolvedPath(arguments.words.first ?? ".")
        let sources = try PosternSources.folder(named: arguments["postern"])
        let paths = try scaffolding { try AppScaffold(root: root).makeApp(posternFolder: sources) }
        for path in paths { print(path) }
        return ExitCode.success
    }
}

/// Where FunctionKit's sources are, which every function's package needs.
enum PosternSources {
    /// Finds the folder that holds `Sources/FunctionKit`: the one that is named, else `POSTERN_HOME`, else the first one above this
    /// program, or `share/postern` there.
    ///
    /// - Throws: ``CommandFailure`` when it is nowhere.
    static func folder(named name: String?) throws -> String {
        if let name = name ?? getenv("POSTERN_HOME").map({ String(cString: $0) }) {
            guard let folder = realPath(name), holdsFunctionKit(folder) else {
                throw CommandFailure(
                    ExitCode.configuration,
                    "'\(name)' holds no Sources/FunctionKit. Name a checkout of Postern as --postern or POSTERN_HOME."
                )
            }
            return folder
        }
        var folder = executableFolder()
        while true {
            for candidate in [folder, folder + "/share/postern"] where holdsFunctionKit(candidate) { return candidate }
            guard let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else { break }
            folder = String(folder[..<slash])
        }
        throw CommandFailure(
            ExitCode.configuration,
            "The sources of FunctionKit, which functions need, are not found. Name a checkout of Postern as --postern or "
                + "POSTERN_HOME."
        )
    }

    private static func holdsFunctionKit(_ folder: String) -> Bool {
        access(folder + "/Sources/FunctionKit/Package.swift", R_OK) == 0
    }
}
