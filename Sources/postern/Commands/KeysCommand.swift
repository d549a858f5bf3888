import DocumentStore
import FoundationEssentials
import FunctionHost
import FunctionKit

/// `postern keys list`: prints the access keys of an app, also while its host runs.
enum KeysCommand {
    static let command = Command(
        "keys",
        "List the access keys",
        details: "List the access keys of an app. A key is sent as the header x-functions-key, or as ?code=.",
        actions: [.init(name: "list", summary: "Print every key with what it opens")],
        options: [.app("The app whose data folder is meant"), .data("The host's data folder"), .json],
        run: run
    )

    private static func run(_ arguments: Arguments) async throws -> Int32 {
        let keys = try await readKeys(in: try AppLocation(arguments).dataFolder)
        if arguments.has("json") {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(keys), as: UTF8.self))
        } else {
            for key in keys { print("\(key.scope.text)\t\(key.name)\t\(key.value)") }
        }
        return ExitCode.success
    }
}

/// The master key in a data folder.
func masterKey(in dataFolder: String) async throws -> String {
    guard let key = try await readKeys(in: dataFolder).first(where: { $0.scope == .master }) else {
        throw CommandFailure(
            ExitCode.configuration,
            "The data folder '\(dataFolder)' has no master key yet. Start a host on it once, or pass another --data."
        )
    }
    return key.value
}

/// The keys in a data folder, read without its lock, so that a running host does not stand in the way.
private func readKeys(in dataFolder: String) async throws -> [Key] {
    let engine: FileStoreEngine
    do throws(StoreError) {
        engine = try FileStoreEngine(path: dataFolder, mode: .readOnly, clock: SystemClock(), logger: .standardError)
    } catch {
        throw CommandFailure(ExitCode.configuration, error.message)
    }
    let store = Store(engine: engine, clock: SystemClock(), random: SystemRandomSource(), logger: .standardError)
    var keys: [Key] = []
    try await store.tenant(.host).collection(.keys).forEach { keys.append($0.value) }
    await engine.close()
    return keys
}
