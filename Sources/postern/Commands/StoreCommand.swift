import DocumentStore
import FoundationEssentials
import FunctionHost
import FunctionKit

/// `postern store`: looks into the data folder of a stopped host.
enum StoreCommand {
    private static let grammar = Arguments.Grammar(
        options: ["app", "data", "tenant", "collection", "limit", "cursor"],
        flags: ["json"],
        words: 1...2
    )

    static func run(_ words: [String]) async throws -> Int32 {
        let arguments = try Arguments(words, grammar: grammar)
        let folder = try AppLocation(arguments).dataFolder
        if arguments.words[0] == "verify" { return try await verify(folder, arguments) }
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

    /// Reads every log from end to end; needs no lock, so that it can look at a running host's folder, too.
    private static func verify(_ folder: String, _ arguments: Arguments) async throws -> Int32 {
        let verification: StoreVerification
        do throws(StoreError) {
            var tenants: [TenantName]?
            if let name = arguments["tenant"] { tenants = [try TenantName(name)] }
            verification = try StoreVerification(ofFolder: folder, tenants: tenants, now: SystemClock().now)
        } catch {
            throw failure(error)
        }
        if arguments.has("json") {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(verification), as: UTF8.self))
        } else {
            for finding in verification.findings {
                print("\(finding.severity.rawValue): \(finding.file) at byte \(finding.offset): \(finding.reason)")
            }
            print(
                "\(verification.tenants) tenants, \(verification.lines) batches, \(verification.documents) documents: "
                    + (verification.isSound ? "in order." : "NOT in order.")
            )
        }
        return verification.isSound ? ExitCode.success : ExitCode.dataError
    }

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

/// One run of `postern store` on an open engine.
struct StoreSession: Sendable {
    let engine: FileStoreEngine
    let folder: String
    let arguments: Arguments

    // These two are not inlined: Swift 6.3.1's optimizer crashes ("While splitting coroutine") on an asynchronous caller into
    // which both of their typed errors are inlined.
    @inline(never)
    private func partition() throws -> any TenantPartition {
        guard let tenant = arguments["tenant"] else { throw UsageError("The option '--tenant' is missing.") }
        return engine.partition(try TenantName(tenant))
    }

    @inline(never)
    private func collection() throws -> CollectionName {
        guard let name = arguments["collection"] else { throw UsageError("The option '--collection' is missing.") }
        return try CollectionName(name)
    }

    func tenants() async throws -> Int32 {
        let names = try await engine.tenants().map(\.description)
        if arguments.has("json") {
            print("[" + names.map { "{\"tenant\":\"\($0)\"}" }.joined(separator: ",") + "]")
        } else {
            for name in names { print(name) }
        }
        return ExitCode.success
    }

    func collections() async throws -> Int32 {
        let collections = try await partition().collections()
        if arguments.has("json") {
            let items = collections.map { "{\"collection\":\"\($0.name)\",\"documents\":\($0.documents)}" }
            print("[" + items.joined(separator: ",") + "]")
        } else {
            for entry in collections { print("\(entry.name)\t\(entry.documents)") }
        }
        return ExitCode.success
    }

    func list() async throws -> Int32 {
        let page = try await partition().query(
            StoreQuery(
                collection: try collection(),
                limit: try arguments.number("limit", in: 1...StoreLimits.pageDocumentsMax, default: 50),
                cursor: arguments["cursor"]
            )
        )
        let documents = page.documents.map { String(decoding: $0.json, as: UTF8.self) }
        if arguments.has("json") {
            let cursor = page.nextCursor.map { "\"\($0)\"" } ?? "null"
            print("{\"items\":[" + documents.joined(separator: ",") + "],\"next_cursor\":\(cursor)}")
        } else {
            for document in documents { print(document) }
            if let cursor = page.nextCursor { printError("More follow: --cursor \(cursor)") }
        }
        return ExitCode.success
    }

    func get() async throws -> Int32 {
        guard arguments.words.count == 2 else { throw UsageError("The document's id is missing.") }
        let key = DocumentKey(try collection(), try DocumentID(arguments.words[1]))
        guard let document = try await partition().get(key) else {
            throw CommandFailure(
                ExitCode.dataError,
                "'\(arguments["tenant"] ?? "")' has no document '\(key.id)' in '\(key.collection)'."
            )
        }
        print(String(decoding: document.json, as: UTF8.self))
        return ExitCode.success
    }

    func export() async throws -> Int32 {
        let exporter = DocumentExporter(partition: try partition(), collection: try collection())
        let count = try await exporter.run()
        printError("\(count) documents exported.")
        return ExitCode.success
    }

    func importDocuments() async throws -> Int32 {
        guard arguments.words.count == 2 else { throw UsageError("The file is missing; '-' is standard input.") }
        let importer = DocumentImporter(
            partition: try partition(),
            collection: try collection(),
            path: arguments.words[1]
        )
        let count = try await importer.run()
        print("\(count) documents imported into '\(arguments["tenant"] ?? "")/\(arguments["collection"] ?? "")'.")
        return ExitCode.success
    }
}
