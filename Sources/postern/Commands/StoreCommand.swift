import DocumentStore
import FunctionHost
import FunctionKit

/// `postern store`: looks into a data folder and looks after it, whether a host runs on it or not.
///
/// Actions that only read open the files beside a host. Those that change documents, and an export, take the folder for
/// themselves; when a host has it they ask that host instead.
enum StoreCommand {
    private static let grammar = Arguments.Grammar(
        options: AdminClient.options.union(["tenant", "collection", "limit", "cursor", "existing"]),
        flags: ["json"],
        words: 1...2
    )

    static func run(_ words: [String]) async throws -> Int32 {
        let arguments = try Arguments(words, grammar: grammar)
        let name = arguments.words[0]
        let folder = try AppLocation(arguments).dataFolder
        do {
            if let action = StoreFolderCommands.actions[name] {
                return try action(StoreFolderCommands(folder: folder, arguments: arguments))
            }
            // Only an import makes a folder: looking into one that is not there is a slip of the path.
            let exists = realPath(folder) != nil || name == "import"
            if let action = StoreReader.actions[name] {
                guard exists else { throw missing(folder) }
                return try await withEngine(folder, .readOnly) { try await action(StoreReader($0, folder, arguments)) }
            }
            guard let action = StoreExchange.actions[name] else {
                throw UsageError("'\(name)' is not an action of 'store'.")
            }
            guard exists else { throw missing(folder) }
            return try await exchange(folder, arguments, action)
        } catch let error as StoreError {
            throw failure(error)
        }
    }

    private static func missing(_ folder: String) -> CommandFailure {
        CommandFailure(ExitCode.configuration, "The data folder '\(folder)' does not exist.")
    }

    private static func exchange(
        _ folder: String,
        _ arguments: Arguments,
        _ action: @Sendable (StoreExchange) async throws -> Int32
    ) async throws -> Int32 {
        do {
            return try await withEngine(folder, .exclusive) {
                try await action(StoreExchange(.folder($0), folder, arguments))
            }
        } catch let error as StoreError where error.code == .locked {
            do {
                return try await action(StoreExchange(.host(try await AdminClient(arguments)), folder, arguments))
            } catch let failure as CommandFailure where failure.exitCode == ExitCode.unavailable {
                throw CommandFailure(failure.exitCode, "\(failure.message) \(error.message) Or name its --port.")
            }
        }
    }

    private static func withEngine(
        _ folder: String,
        _ mode: FileStoreEngine.Mode,
        _ body: (FileStoreEngine) async throws -> Int32
    ) async throws -> Int32 {
        let engine = try FileStoreEngine(path: folder, mode: mode, clock: SystemClock(), logger: .standardError)
        do {
            let code = try await body(engine)
            await engine.close()
            return code
        } catch {
            await engine.close()
            throw error
        }
    }

    /// The exit code that fits an error of the store.
    static func failure(_ error: StoreError) -> CommandFailure {
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

extension Arguments {
    // The three are not inlined: Swift 6.3.1's optimizer crashes ("While splitting coroutine") on an asynchronous caller into
    // which several typed errors are inlined.

    /// The tenant that `--tenant` names.
    @inline(never)
    func tenant() throws -> TenantName {
        guard let tenant = self["tenant"] else { throw UsageError("The option '--tenant' is missing.") }
        return try TenantName(tenant)
    }

    /// The tenant that the word behind the action or `--tenant` names; nil when neither is given.
    @inline(never)
    func tenantWord() throws -> TenantName? {
        guard words.count == 1 || self["tenant"] == nil else {
            throw UsageError("The tenant is given twice, as '\(words[1])' and as '--tenant'.")
        }
        return try (words.count == 2 ? words[1] : self["tenant"]).map { try TenantName($0) }
    }

    /// The collection that `--collection` names; nil without one.
    @inline(never)
    func collection() throws -> CollectionName? { try self["collection"].map { try CollectionName($0) } }
}
