/// All files and folders of a simulated disk; a value, so that a copy is an image of this moment.
package struct DiskImage {
    var files: [FileNode] = []
    var folders: [FolderNode] = [FolderNode()]

    /// An empty disk.
    package init() {}

    /// The number of a folder; nil when the path leads to none.
    func folder(_ path: String) -> Int? {
        var number = 0
        for part in path.split(separator: "/") {
            guard case .folder(let next) = folders[number].target(String(part)) else { return nil }
            number = next
        }
        return number
    }

    /// The folder that a path lies in, and its last part.
    func place(_ path: String) -> (folder: Int, name: String)? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        let name = String(path[path.index(after: slash)...])
        return folder(String(path[..<slash])).map { ($0, name) }
    }

    /// The number of the file at a path.
    func file(_ path: String) -> Int? {
        guard let (folder, name) = place(path), case .file(let number) = folders[folder].target(name) else {
            return nil
        }
        return number
    }

    /// Adds an empty file under a name that is free.
    mutating func makeFile(_ name: String, in folder: Int) -> Int {
        files.append(FileNode())
        folders[folder].change(.make(.init(name: name, target: .file(files.count - 1))))
        return files.count - 1
    }

    mutating func makeFolder(_ name: String, in folder: Int) {
        folders.append(FolderNode())
        folders[folder].change(.make(.init(name: name, target: .folder(folders.count - 1))))
    }

    /// Every file that has a name, by path, in the order of their making.
    func paths() -> [(path: String, file: Int)] {
        var result: [(path: String, file: Int)] = []
        func visit(_ folder: Int, _ path: String) {
            for entry in folders[folder].entries {
                switch entry.target {
                case .file(let number): result.append(("\(path)/\(entry.name)", number))
                case .folder(let number): visit(number, "\(path)/\(entry.name)")
                }
            }
        }
        visit(0, "")
        return result
    }

    /// How many bytes the files with names have.
    var bytes: Int { paths().reduce(0) { $0 + files[$1.file].content.count } }

    /// True when a failed sync dropped changes that programs still see.
    var hasDropped: Bool { files.contains { $0.hasDropped } }

    /// The process dies: its locks go, the system keeps everything.
    mutating func endProcess() {
        for index in files.indices { files[index].isLocked = false }
    }

    /// The power goes.
    mutating func losePower(_ random: inout SimulationRandom) {
        for index in files.indices { files[index].losePower(&random) }
        for index in folders.indices { folders[index].losePower(&random) }
    }
}
