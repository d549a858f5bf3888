import DocumentStore
import FunctionHost
import FunctionKit

/// `postern store`: looks into a data folder and looks after it, whether a host runs on it or not.
///
/// Actions that only read open the files beside a host. Those that change documents, and an export, take the folder for
/// themselves; when a host has it they ask that host instead.
enum StoreCommand {
    private static let tenantWord = Command.Word(name: "T", isOptional: true)

    static let command = Command(
        "store",
        "Look into the document store, import, export, verify, back up, restore",
        details: """
            Look into the document store and look after it. A host may be running on the data folder, except for restore.
            """,
        actions: [
            .init(name: "tenants", summary: "List the tenants", heading: "Reading, beside a running host:"),
            .init(name: "collections", usage: "--tenant T", summary: "List a tenant's collections"),
            .init(
                name: "list",
                usage: "--tenant T --collection C\n[--limit N] [--cursor CURSOR]",
                summary: "List documents, one JSON object a line"
            ),
            .init(
                name: "get",
                words: [.init(name: "ID", missing: "The document's id is missing.")],
                usage: "--tenant T --collection C",
                summary: "Print a document"
            ),
            .init(name: "stats", words: [tenantWord], summary: "Count documents and bytes of all tenants, or show one"),
            .init(
                name: "verify",
                usage: "[--tenant T]",
                summary: "Check checksums, sequence numbers and indexes"
            ),
            .init(
                name: "backup",
                words: [.init(name: "DESTINATION", missing: "The destination is missing.", completion: .folder)],
                usage: "[--tenant T]",
                summary: "Copy the documents into an empty folder outside of the data folder"
            ),
            .init(
                name: "export",
                usage: "--tenant T [--collection C]",
                summary: "Print the documents of a collection, or of all with their collections",
                heading: "On the folder itself, or through the running host:"
            ),
            .init(
                name: "import",
                words: [.init(name: "FILE", missing: "The file is missing; '-' is standard input.", completion: .file)],
                usage: "--tenant T [--collection C]\n[--existing replace|skip]",
                summary: "Write documents, one JSON object with its id a line ('-': standard input);\n"
                    + "without --collection the export of a whole tenant"
            ),
            .init(
                name: "compact",
                words: [tenantWord],
                summary: "Give back the room of replaced and removed documents"
            ),
            .init(
                name: "restore",
                words: [.init(name: "BACKUP", missing: "The backup is missing.", completion: .folder)],
                usage: "[--tenant T]",
                summary: "Bring the tenants of a backup into a data folder that has none of them",
                heading: "On the folder of a stopped host:"
            ),
        ],
        options: [
            .init(name: "tenant", value: "T", summary: "The tenant"),
            .init(name: "collection", value: "C", summary: "The collection"),
            .init(name: "limit", value: "N", summary: "How many documents to list"),
            .init(name: "cursor", value: "CURSOR", summary: "Where the list goes on"),
            .init(
                name: "existing",
                value: "replace|skip",
                summary: "What an import does with documents that are there (replace)",
                completion: .words(["replace", "skip"])
            ),
        ] + AdminClient.options + [.json],
        run: run
    )

    private static func run(_ arguments: Arguments) async throws -> Int32 {
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
