/// An app on disk whose functions ask for every kind of key; all answer `hello, world`.
final class KeyedApp: Sendable {
    let folder: ScratchFolder
    let data: ScratchFolder

    /// The functions, each named by what it asks for.
    static let functions = [
        ("open", "anonymous"), ("own", "function"), ("other", "function"), ("system", "system"), ("boss", "admin"),
        ("off", "function"),
    ]

    init() throws {
        folder = try ScratchFolder()
        data = try ScratchFolder()
        try folder.write(#"{"version": "2.0"}"#, to: "host.json")
        for (name, level) in Self.functions {
            try folder.write(Self.descriptor(level), to: "\(name)/function.json")
        }
    }

    /// A `function.json` for the function that greets.
    static func descriptor(_ level: String) -> String {
        #"{"scriptFile": "libHelloHello.so", "entryPoint": "HelloHello.HelloHello", "bindings": [{"type": "httpTrigger", "#
            + #""name": "request", "authLevel": "\#(level)"}, {"type": "http", "direction": "out", "name": "$return"}]}"#
    }

    /// The words that name it to a command, without a port.
    var place: [String] { ["--app", folder.path, "--data", data.path + "/data"] }

    func start(_ arguments: [String] = []) async throws -> RunningHost {
        try await RunningHost(
            app: folder.path,
            data: data,
            arguments: arguments,
            settings: ["AzureWebJobs.off.Disabled": "true"]
        )
    }

    /// Runs `postern keys`.
    func keys(_ words: [String], on host: RunningHost? = nil) async throws -> (
        ending: ChildProcess.Ending, output: String, errors: String
    ) {
        try await runPostern(["keys"] + words + place + (host.map { ["--port", $0.port] } ?? []))
    }

    /// The value of a key in the data folder.
    func value(_ scope: String, _ name: String) async throws -> String {
        let lines = try await keys(["list"]).output.split(separator: "\n").map { $0.split(separator: "\t") }
        guard let line = lines.first(where: { $0.count == 3 && $0[0] == scope && $0[1] == name }) else {
            throw SupportError("There is no key '\(scope)/\(name)'.")
        }
        return String(line[2])
    }
}
