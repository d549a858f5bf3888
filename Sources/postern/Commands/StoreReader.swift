import DocumentStore
import FunctionHost
import FunctionKit

/// The actions of `postern store` that look at documents, also beside a running host.
struct StoreReader: Sendable {
    private let engine: FileStoreEngine
    private let folder: String
    private let arguments: Arguments

    static let actions: [String: @Sendable (StoreReader) async throws -> Int32] = [
        "tenants": { try await $0.tenants() },
        "collections": { try await $0.collections() },
        "list": { try await $0.list() },
        "get": { try await $0.get() },
        "stats": { try await $0.statistics() },
    ]

    init(_ engine: FileStoreEngine, _ folder: String, _ arguments: Arguments) {
        self.engine = engine
        self.folder = folder
        self.arguments = arguments
    }

    private func partition() throws -> any TenantPartition { engine.partition(try arguments.tenant()) }

    private func collection() throws -> CollectionName {
        guard let collection = try arguments.collection() else {
            throw UsageError("The option '--collection' is missing.")
        }
        return collection
    }

    private func tenants() async throws -> Int32 {
        let names = try await engine.tenants().map(\.description)
        if arguments.has("json") {
            print("[" + names.map { "{\"tenant\":\"\($0)\"}" }.joined(separator: ",") + "]")
        } else {
            for name in names { print(name) }
        }
        return ExitCode.success
    }

    private func collections() async throws -> Int32 {
        let collections = try await partition().collections()
        if arguments.has("json") {
            let items = collections.map { "{\"collection\":\"\($0.name)\",\"documents\":\($0.documents)}" }
            print("[" + items.joined(separator: ",") + "]")
        } else {
            for entry in collections { print("\(entry.name)\t\(entry.documents)") }
        }
        return ExitCode.success
    }

    private func list() async throws -> Int32 {
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

    private func get() async throws -> Int32 {
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

    /// Counts what one tenant or each tenant holds; a tenant that is stopped is named with its reason.
    private func statistics() async throws -> Int32 {
        let inspector = StoreInspector(engine: engine, maintenance: engine)
        var overview = StoreOverview()
        if let tenant = try arguments.tenantWord() {
            overview.tenants = [try await inspector.statistics(of: tenant)]
        } else {
            overview = try await inspector.overview(limit: Int.max)
        }
        if arguments.has("json") {
            try printJSON(overview.tenants)
        } else if arguments.words.count == 2 || arguments["tenant"] != nil {
            for tenant in overview.tenants { StatisticsText.printDetails(tenant) }
        } else {
            StatisticsText.printList(overview.tenants)
        }
        return overview.tenants.allSatisfy { $0.problem == nil } ? ExitCode.success : ExitCode.dataError
    }
}

/// How `postern store stats` shows figures.
enum StatisticsText {
    static func printList(_ tenants: [TenantStatistics]) {
        print("TENANT\tDOCUMENTS\tLIVE BYTES\tDISK BYTES\tDEAD\tLAST REVISION\tNEXT EXPIRY")
        for tenant in tenants {
            guard let problem = tenant.problem else {
                print(
                    "\(tenant.tenant)\t\(tenant.documents)\t\(tenant.liveBytes)\t\(tenant.diskBytes)\t\(dead(tenant))\t"
                        + "\(tenant.lastRevision)\t\(tenant.nextExpiry?.description ?? "-")"
                )
                continue
            }
            printError("\(tenant.tenant): \(problem)")
        }
    }

    static func printDetails(_ tenant: TenantStatistics) {
        print("tenant         \(tenant.tenant)")
        print("documents      \(tenant.documents)")
        print("live bytes     \(tenant.liveBytes)")
        print("disk bytes     \(tenant.diskBytes), \(dead(tenant)) dead")
        print("last revision  \(tenant.lastRevision)")
        print("next expiry    \(tenant.nextExpiry?.description ?? "-")")
        print("\nCOLLECTION\tDOCUMENTS\tLIVE BYTES\tINDEXES")
        for entry in tenant.collections {
            let indexes = entry.indexes.map { $0.isUnique ? "\($0.name) (unique)" : $0.name }
            let list = indexes.isEmpty ? "-" : indexes.joined(separator: ", ")
            print("\(entry.collection)\t\(entry.documents)\t\(entry.liveBytes)\t\(list)")
        }
    }

    private static func dead(_ tenant: TenantStatistics) -> String { "\(Int((tenant.deadShare * 100).rounded()))%" }
}
