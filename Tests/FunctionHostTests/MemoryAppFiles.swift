import FunctionHost

/// An app folder in memory: paths to texts.
struct MemoryAppFiles: AppFiles {
    var files: [String: [UInt8]] = [:]
    var failures: [String: AppFileError] = [:]

    init(_ texts: [String: String] = [:]) { files = texts.mapValues { Array($0.utf8) } }

    func names(in folder: String) throws(AppFileError) -> [String] {
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        let below = files.keys.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count).prefix { $0 != "/" } }
        return Set(below).map(String.init)
    }

    func contents(of path: String, upTo bytesMax: Int) throws(AppFileError) -> [UInt8] {
        if let failure = failures[path] { throw failure }
        guard let bytes = files[path] else { throw .missing }
        guard bytes.count <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
        return bytes
    }
}

extension MemoryAppFiles {
    /// An app in `/app` with a sound `host.json` and these `function.json` texts by folder below the root.
    init(functions: [String: String], host: String = #"{"version": "2.0"}"#) {
        self.init(["/app/host.json": host])
        for (folder, text) in functions { files["/app/\(folder)/function.json"] = Array(text.utf8) }
    }

    /// Loads the app.
    func load(settings: [String: String] = [:], environment: [String: String] = [:]) throws -> LoadedApp {
        try AppFolder.load(root: "/app", settings: { settings[$0] }, environment: environment, files: self)
    }
}

/// A `function.json` with a sound head and these bindings.
func functionJSON(_ bindings: String, more: String = "") -> String {
    #"{"scriptFile": "libX.so", "entryPoint": "X.X", \#(more) "bindings": [\#(bindings)]}"#
}

/// A sound HTTP binding.
let httpBinding = #"{"type": "httpTrigger", "name": "req", "direction": "in"}"#
