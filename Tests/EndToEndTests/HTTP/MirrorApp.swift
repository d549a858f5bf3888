import FunctionKit

/// An app folder of functions that tell what they were called with.
struct MirrorApp {
    let folder: ScratchFolder

    /// Writes an app: functions by name, each with the rest of its `httpTrigger` and more of its `function.json`.
    init(
        host: String = "{\"version\": \"2.0\"}",
        _ functions: [String: (trigger: String, more: String)]
    ) throws {
        folder = try ScratchFolder()
        try folder.write(host, to: "host.json")
        for (name, function) in functions {
            let trigger = function.trigger.isEmpty ? "" : ", \(function.trigger)"
            let more = function.more.isEmpty ? "" : "\(function.more), "
            try folder.write(
                """
                {"scriptFile": "libLookingGlass.so", "entryPoint": "LookingGlass.LookingGlass", \(more)"bindings": [
                  {"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous"\(trigger)},
                  {"type": "http", "direction": "out", "name": "$return"}]}
                """,
                to: "\(name)/function.json"
            )
        }
    }

    /// Starts the app.
    func start(_ arguments: [String] = [], settings: [String: String] = [:]) async throws -> RunningHost {
        try await RunningHost(app: folder.path, arguments: arguments, settings: settings)
    }
}

/// What a function of a ``MirrorApp`` answers.
struct Sight: Decodable {
    var function: String
    var method: String
    var route: [String: String]
    var data: [String: String]
    var bodyBytes: Int
    var retryCount: Int
    var maxRetryCount: Int?
    var lastError: String?
}

extension RunningHost {
    /// The master key, as `postern keys list` tells it.
    func masterKey() async throws -> String { try await key(after: "master\t") }

    /// A key of the list.
    func key(after beginning: String) async throws -> String {
        let keys = try await runPostern(["keys", "list", "--data", data.path + "/data"])
        guard let line = keys.output.split(separator: "\n").first(where: { $0.hasPrefix(beginning) }),
            let key = line.split(separator: "\t").last
        else { throw SupportError("No such key: \(keys.output)") }
        return String(key)
    }
}
