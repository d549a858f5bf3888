import DocumentStore
import FunctionHost
import FunctionKit

/// `postern store`: looks into a data folder and looks after it.
enum StoreCommand {
    private static let grammar = Arguments.Grammar(
        options: ["app", "data", "tenant", "collection", "limit", "cursor"],
        flags: ["json"],
        words: 1...2
    )

    static func run(_ words: [String]) async throws -> Int32 {
        let arguments = try Arguments(words, grammar: grammar)
        let folder = try AppLocation(arguments).dataFolder
        if let action = StoreFolderCommands.actions[arguments.words[0]] {
            do {
                return try action(StoreFolderCommands(folder: folder, arguments: arguments))
            } catch {
                throw (error as? StoreError).map(failure) ?? error
            }
        }
        guard let action = actions[arguments.words[0]] else {
            throw UsageError("'\(arguments.words[0])' is not an action of 'store'.")
        }
        // Only an import makes a folder: looking into one that is not there is a slip of the path.
        guard arguments.words[0] == "import" || realPath(folder) != nil else {
            throw CommandFailure(ExitCode.configuration, "The data folder '\(folder)' does not exist.")
        }
        let engine = try open(folder)
        do {
            let code = try await action(StoreSession(engine: engine, folder: folder, arguments: arguments))
            await engine.close()
            return code
        } catch {
            await engine.close()
            throw (error as? StoreError).map(failure) ?? error
        }
    }

    private static let actions: [String: @Sendable (StoreSession) async throws -> Int32] = [
        "tenants": { try await $0.tenants() },
        "collections": { try await $0.collections() },
        "list": { try await $0.list() },
        "get": { try await $0.get() },
        "import": { try await $0.importDocuments() },
        "export": { try await $0.export() },
    ]

    private static func open(_ folder: String) throws -> FileStoreEngine {
        do throws(StoreError) {
            return try FileStoreEngine(path: folder, mode: .exclusive, clock: SystemClock(), logger: .standardError)
        } catch {
            throw failure(error)
        }
    }

    /// The exit code that fits an error of the store.
    private static func failure(_ error: StoreError) -> CommandFailure {
        let code =
            switch error.code {
            case .locked: ExitCode.unavailable
            case .unavailable: ExitCode.configuration
            case .invalidName, .invalidQuery: ExitCode.usage
            case .closed: ExitCode.software
            default: ExitCode.dataError
            }
        return CommandFailure(code, error.message)
    }
}
