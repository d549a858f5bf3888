import DocumentStore
import FoundationEssentials
import FunctionHost
import FunctionKit

/// The actions of `postern store` that take documents out, bring documents in or rewrite files: on the folder itself, or
/// through the host that has it.
struct StoreExchange: Sendable {
    /// Who does the work.
    enum Side: Sendable {
        case folder(FileStoreEngine)
        case host(AdminClient)
    }

    let side: Side
    let folder: String
    let arguments: Arguments

    static let actions: [String: @Sendable (StoreExchange) async throws -> Int32] = [
        "export": { try await $0.export() },
        "import": { try await $0.importDocuments() },
        "compact": { try await $0.compact() },
    ]

    /// The longest that a host may take for a page, a batch or a compaction: half an hour, its own bound for a call.
    private static let answerTime = Duration.seconds(30 * 60)
    /// The longest that a host may take for a whole export: a day.
    private static let exportTime = Duration.seconds(24 * 60 * 60)

    init(_ side: Side, _ folder: String, _ arguments: Arguments) {
        self.side = side
        self.folder = folder
        self.arguments = arguments
    }

    private func export() async throws -> Int32 {
        let tenant = try arguments.tenant()
        let collection = try arguments.collection()
        let lines =
            switch side {
            case .folder(let engine): try await export(engine.partition(tenant), collection)
            case .host(let client): try await export(client, tenant, collection)
            }
        printError(collection == nil ? "\(lines) lines exported." : "\(lines) documents exported.")
        return ExitCode.success
    }

    private func export(_ partition: any TenantPartition, _ collection: CollectionName?) async throws -> Int {
        let export = TenantExport(partition, collection: collection)
        while let chunk = try await export.next() { try printBytes(chunk) }
        return await export.lines
    }

    private func export(_ client: AdminClient, _ tenant: TenantName, _ collection: CollectionName?) async throws -> Int
    {
        let query = collection.map { "?collection=\($0)" } ?? ""
        let body = try await client.stream(
            "store/\(tenant)/export\(query)",
            wait: Self.answerTime,
            total: Self.exportTime
        )
        var lines = 0
        while let chunk = try await body() {
            try printBytes(chunk)
            lines += chunk.count { $0 == UInt8(ascii: "\n") }
        }
        return lines
    }

    private func importDocuments() async throws -> Int32 {
        let tenant = try arguments.tenant()
        let collection = try arguments.collection()
        let existing = try existing()
        let file = DocumentFile(path: arguments.words[1], collection: collection)
        try file.check()
        let counts: ImportCounts
        switch side {
        case .folder(let engine):
            counts = try await file.send(
                to: TenantImport(into: engine.partition(tenant), collection: collection, existing: existing)
            )
        case .host(let client):
            let query = "existing=\(existing.rawValue)" + (collection.map { "&collection=\($0)" } ?? "")
            counts = try await file.send(to: client, "store/\(tenant)/import?\(query)", wait: Self.answerTime)
        }
        if arguments.has("json") {
            try printJSON(counts)
        } else {
            let place = collection.map { "\(tenant)/\($0)" } ?? "\(tenant)"
            let skipped = existing == .skip ? " \(counts.skipped) were there already." : ""
            print("\(counts.imported) documents imported into '\(place)'.\(skipped)")
        }
        return ExitCode.success
    }

    private func existing() throws -> ExistingDocuments {
        guard let text = arguments["existing"] else { return .replace }
        guard let existing = ExistingDocuments(rawValue: text) else {
            throw UsageError("'\(text)' is not a valid value for '--existing'. Use 'replace' or 'skip'.")
        }
        return existing
    }

    private func compact() async throws -> Int32 {
        guard let tenant = try arguments.tenantWord() else { throw UsageError("The tenant is missing.") }
        let report: CompactionReport
        switch side {
        case .folder(let engine):
            report = try await StoreInspector(engine: engine, maintenance: engine).compact(tenant)
        case .host(let client):
            let (status, body) = try await client.send(.post, "store/\(tenant)/compact", wait: Self.answerTime)
            guard status == .ok else { throw AdminClient.failure(status, body) }
            report = try JSONDecoder().decode(CompactionReport.self, from: Data(body))
        }
        if arguments.has("json") {
            try printJSON(report)
        } else {
            print("'\(tenant)' takes \(report.diskBytes) bytes now; it took \(report.diskBytesBefore).")
        }
        return ExitCode.success
    }
}
