/// Writes new apps and new functions. Nothing that exists is ever overwritten.
package struct AppScaffold: Sendable {
    /// The app's root.
    private let root: String
    private let files: any ScaffoldFiles

    /// Makes a writer for the app in `root`.
    package init(root: String, files: any ScaffoldFiles = SystemScaffoldFiles()) {
        self.root = root
        self.files = files
    }

    /// Writes a whole app with one function, `hello`, which answers everybody.
    ///
    /// - Parameter posternFolder: the folder that holds Postern's sources, for the package's dependency.
    /// - Returns: the paths below the root that were made.
    /// - Throws: ``ScaffoldError`` when one of the files exists or cannot be written; then none is left behind.
    package func makeApp(posternFolder: String) throws(ScaffoldError) -> [String] {
        let folder = root.split(separator: "/").last.map(String.init) ?? ""
        guard !["functionkit", "functiontesting"].contains(folder.lowercased()) else {
            throw ScaffoldError(
                .usage,
                "An app's folder cannot be called '\(folder)', since the package manager would mix it up with the package it "
                    + "needs. Choose another name."
            )
        }
        let template = AppTemplate(name: Self.packageName(folder), posternFolder: posternFolder)
        let hello = try NewFunctionName("hello")
        var new = template.files
        for index in new.indices where new[index].path == "Package.swift" {
            new[index].text = FunctionList.adding(hello.folder, to: new[index].text) ?? new[index].text
        }
        new += try FunctionTemplate.http.files(for: hello, authLevel: "anonymous")
        try create(new)
        return new.map(\.path)
    }

    /// What `makeFunction` did.
    package struct NewFunction: Sendable, Equatable {
        /// The paths below the root that were made.
        package var paths: [String]
        /// Whether `Package.swift` now lists the function; if not, somebody has to.
        package var isListed: Bool
        /// The function's module.
        package var module: String
    }

    /// Writes a function's folder and its test, and adds it to the list in `Package.swift`.
    ///
    /// - Parameter authLevel: whom an HTTP function answers.
    /// - Throws: ``ScaffoldError`` when there is no app, or a function or module of that name, or a file cannot be written; then
    ///   none is left behind.
    package func makeFunction(
        _ name: NewFunctionName,
        template: FunctionTemplate,
        authLevel: String = "function"
    ) throws(ScaffoldError) -> NewFunction {
        guard files.exists("\(root)/host.json") else {
            throw ScaffoldError(
                .configuration,
                "Unable to find project root. Expecting to find one of host.json in project root. "
                    + "'postern init' makes an app."
            )
        }
        for taken in AppFolder.functionNames(root: root)
        where FunctionName.moduleName(taken).lowercased() == name.module.lowercased() {
            throw ScaffoldError(
                .usage,
                "The app has the function '\(taken)' already, whose module is '\(FunctionName.moduleName(taken))'. "
                    + "Choose another name."
            )
        }
        let new = try template.files(for: name, authLevel: authLevel)
        try create(new)
        let isListed: Bool
        do throws(ScaffoldError) {
            isListed = try list(name)
        } catch {
            remove(new)
            throw error
        }
        return NewFunction(paths: new.map(\.path), isListed: isListed, module: name.module)
    }

    private func list(_ name: NewFunctionName) throws(ScaffoldError) -> Bool {
        let path = "\(root)/Package.swift"
        guard let text = files.text(path), let changed = FunctionList.adding(name.folder, to: text) else {
            return false
        }
        try files.replace(path, with: changed)
        return true
    }

    /// Makes all of the files or none.
    private func create(_ new: [NewFile]) throws(ScaffoldError) {
        let existing = new.map(\.path).filter { files.exists("\(root)/\($0)") }
        guard existing.isEmpty else {
            throw ScaffoldError(
                .usage,
                "\(existing.map { "'\($0)'" }.joined(separator: ", ")) in '\(root)' would be overwritten. "
                    + "Nothing was written; move what is there, or choose another name."
            )
        }
        for (index, file) in new.enumerated() {
            do throws(ScaffoldError) {
                try files.create("\(root)/\(file.path)", text: file.text)
            } catch {
                remove(Array(new[..<index]))
                throw error
            }
        }
    }

    private func remove(_ made: [NewFile]) { for file in made { files.remove("\(root)/\(file.path)") } }

    private static func packageName(_ folder: String) -> String {
        let name = folder.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        return name.isEmpty ? "app" : name
    }
}
