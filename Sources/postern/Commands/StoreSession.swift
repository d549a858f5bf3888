import DocumentStore
import FunctionKit

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
