extension AppFolder {
    /// The names of an app's functions, in order, without reading what they declare; none when the folder cannot be read.
    package static func functionNames(root: String, files: some AppFiles = SystemAppFiles()) -> [String] {
        var names: [String] = []
        for parent in [root, "\(root)/\(functionsFolder)"] {
            for name in (try? files.names(in: parent)) ?? [] {
                let entries = (try? files.names(in: "\(parent)/\(name)")) ?? []
                if entries.contains("function.json") { names.append(name) }
            }
        }
        return names.sorted(by: FunctionName.precedes)
    }
}
