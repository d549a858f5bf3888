import DocumentStore
import FoundationEssentials
import FunctionHost
import FunctionKit

/// `postern keys list`: prints the access keys of an app, also while its host runs.
enum KeysCommand {
    private static let grammar = Arguments.Grammar(options: ["app", "data"], flags: ["json"], words: 1...1)

    static func run(_ words: [String]) async throws -> Int32 {
        let arguments = try Arguments(words, grammar: grammar)
        guard arguments.words[0] == "list" else {
            throw UsageError("'\(arguments.words[0])' is not an action of 'keys'.")
        }
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
