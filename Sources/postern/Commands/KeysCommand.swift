import DocumentStore
import FoundationEssentials
import FunctionHost
import FunctionKit

/// `postern keys`: lists and changes the access keys of an app, whether its host runs or not.
///
/// A list reads the files beside a running host. A change takes the folder for itself; when a host has it, that host is asked instead, and
/// the change counts there at once.
enum KeysCommand {
    private static let keyWord = Command.Word(
        name: "KEY",
        missing: "The key is missing, such as 'host.function/default'."
    )

    static let command = Command(
        "keys",
        "List, set, rotate, delete and import the access keys",
        details: """
            List and change the access keys of an app. A key is sent as the header x-functions-key, or as ?code=.
            KEY is master, host.function/NAME, host.system/NAME or function.FUNCTION/NAME.
            """,
        actions: [
            .init(
                name: "list",
                words: [.init(name: "SCOPE", isOptional: true)],
                usage: "[--hide-values]",
                summary: "Print all keys, or those of a scope such as function.hello"
            ),
            .init(
                name: "set",
                words: [keyWord, .init(name: "VALUE", missing: "The value is missing; '-' is standard input.")],
                summary: "Set a key; the value '-' is read from standard input"
            ),
            .init(name: "rotate", words: [keyWord], summary: "Give a key a new random value and print it"),
            .init(name: "delete", words: [keyWord], summary: "Delete a key; the master key can only be replaced"),
            .init(
                name: "import",
                words: [.init(name: "DIR", isOptional: true, completion: .folder)],
                usage: "[--dry-run]",
                summary: "Take over Azure's key files from a folder (FUNCTIONS_SECRETS_PATH)"
            ),
        ],
        options: [
            .init(name: "hide-values", summary: "List without the values"),
            .init(name: "dry-run", summary: "Only tell what an import would do"),
        ] + AdminClient.options + [.json],
        run: run
    )

    private static func run(_ arguments: Arguments) async throws -> Int32 {
        do {
            switch arguments.words[0] {
            case "list": return try await list(arguments)
            case "import": return try await importFiles(arguments)
            default: return try await change(arguments)
            }
        } catch let error as StoreError {
            throw StoreCommand.failure(error)
        } catch let error as KeyError {
            throw CommandFailure(ExitCode.dataError, error.description)
        }
    }

    private static func list(_ arguments: Arguments) async throws -> Int32 {
        var keys = try await readKeys(in: try AppLocation(arguments).dataFolder)
        if arguments.words.count == 2 {
            let scope = try scope(arguments.words[1])
            keys = keys.filter { $0.scope.text == scope.text }
            // The default key of a function is made when somebody asks for it, as here.
            if keys.isEmpty, case .function = scope {
                keys = try await KeyFolder.exchange(arguments) { try await $0.keys(in: scope) }
            }
        }
        try show(keys.sorted { $0.id < $1.id }, arguments)
        return ExitCode.success
    }

    private static func change(_ arguments: Arguments) async throws -> Int32 {
        let (scope, name) = try key(arguments.words[1])
        switch arguments.words[0] {
        case "set":
            let value = try value(arguments.words[2])
            let change = try await KeyFolder.exchange(arguments) { try await $0.set(name, to: value, in: scope) }
            if arguments.has("json") {
                try show([change], arguments)
            } else {
                print("Key '\(change.name)' of '\(scope.text)' is set.")
            }
        case "rotate":
            try show(
                [try await KeyFolder.exchange(arguments) { try await $0.set(name, to: nil, in: scope) }],
                arguments
            )
        default:
            guard try await KeyFolder.exchange(arguments, { try await $0.delete(name, in: scope) }) else {
                throw CommandFailure(ExitCode.dataError, "'\(scope.text)' has no key '\(name)'.")
            }
            print("Key '\(name)' of '\(scope.text)' is deleted.")
        }
        return ExitCode.success
    }

    private static func importFiles(_ arguments: Arguments) async throws -> Int32 {
        let given = arguments.words.count == 2 ? arguments.words[1] : processEnvironment()["FUNCTIONS_SECRETS_PATH"]
        guard let given else { throw UsageError("The folder is missing, and FUNCTIONS_SECRETS_PATH is not set.") }
        let files = try SecretsFolder.read(given)
        let isDryRun = arguments.has("dry-run")
        let result = try await KeyFolder.exchange(arguments) { try await $0.importKeys(files, isDryRun: isDryRun) }
        if arguments.has("json") {
            try printJSON(result)
        } else {
            for key in result.keys { print("\(key.action.rawValue)\t\(key.scope)\t\(key.name)\t\(key.file)") }
        }
        for file in result.skipped { printError("Skipped \(file)") }
        for problem in result.problems { printError(problem) }
        guard result.problems.isEmpty else { throw CommandFailure(ExitCode.dataError, "Nothing was imported.") }
        let changed = result.keys.count { $0.action != .keep }
        printError(isDryRun ? "\(changed) keys would change." : "\(changed) keys changed.")
        return ExitCode.success
    }

    private static func show(_ keys: [Key], _ arguments: Arguments) throws {
        let hides = arguments.has("hide-values")
        if arguments.has("json") {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let bytes =
                hides
                ? try encoder.encode(keys.map { ["scope": $0.scope.text, "name": $0.name] }) : try encoder.encode(keys)
            print(String(decoding: bytes, as: UTF8.self))
        } else {
            for key in keys { print("\(key.scope.text)\t\(key.name)" + (hides ? "" : "\t\(key.value)")) }
        }
    }

    private static func scope(_ text: String) throws -> Key.Scope {
        guard let scope = Key.Scope(text: text) else {
            throw UsageError("'\(text)' is not a scope. Use master, host.function, host.system or function.FUNCTION.")
        }
        return scope
    }

    /// A key by its scope and name; `master` stands for itself.
    private static func key(_ text: String) throws -> (scope: Key.Scope, name: String) {
        if text == "master" || text == "master/\(Key.masterName)" { return (.master, Key.masterName) }
        let parts = text.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, case let scope = try scope(String(parts[0])), scope != .master else {
            throw UsageError("'\(text)' is not a key. Use master, or SCOPE/NAME such as host.function/default.")
        }
        return (scope, String(parts[1]))
    }

    /// The value as given, or the first line of standard input, which leaves no trace in the shell's history.
    private static func value(_ text: String) throws -> String {
        guard text == "-" else { return text }
        return readLine() ?? ""
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
