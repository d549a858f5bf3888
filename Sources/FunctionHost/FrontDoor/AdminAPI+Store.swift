import DocumentStore
import FunctionKit

extension AdminAPI {
    /// Answers below `/admin/store`:
    ///
    ///     GET  store?limit=&cursor=
    ///     GET  store/{tenant}
    ///     GET  store/{tenant}/export?collection=
    ///     POST store/{tenant}/import?collection=&existing=&first_line=
    ///     POST store/{tenant}/compact
    func answerForStore(_ request: HTTPRequest, _ parts: [String]) async throws -> HTTPResponse {
        do {
            switch (request.chosenMethod, parts.count) {
            case (.get, 1):
                let limit = try limit(request, max: StoreInspector.tenantsMax)
                return try .json(await store.overview(limit: limit, cursor: request.queryValue("cursor")))
            case (.get, 2): return try .json(await store.statistics(of: try TenantName(parts[1])))
            case (.get, 3) where parts[2] == "export":
                return try await export(try Self.exchanged(parts[1]), request)
            case (.post, 3) where parts[2] == "import":
                return try await importDocuments(try Self.exchanged(parts[1]), request)
            case (.post, 3) where parts[2] == "compact":
                return try .json(await store.compact(try TenantName(parts[1])))
            default: return HTTPResponse(status: .notFound)
            }
        } catch let error as StoreError {
            throw HTTPError(error)
        }
    }

    /// A tenant whose documents may leave and enter this way. The host's own partition holds the access keys: whoever got a
    /// copy, or could write there, would have the host for good.
    private static func exchanged(_ name: String) throws -> TenantName {
        let tenant = try TenantName(name)
        guard tenant != .host else {
            throw HTTPError(
                .forbidden,
                code: "system_partition",
                message:
                    "'_host' holds the access keys and is neither exported nor imported while a host runs. Use a backup, or "
                    + "stop the host."
            )
        }
        return tenant
    }

    /// Streams documents as JSON Lines. The first page is read before the answer begins, so that what is wrong has a status.
    private func export(_ tenant: TenantName, _ request: HTTPRequest) async throws -> HTTPResponse {
        let collection = try request.queryValue("collection").map { name throws(StoreError) in try CollectionName(name)
        }
        let slot = try beginTransfer()
        let export = try await store.export(tenant, collection: collection)
        let first = ExportStart(try await export.next())
        let body = HTTPBody {
            withExtendedLifetime(slot) {}
            if let chunk = await first.take() { return chunk }
            return try await export.next()
        }
        return HTTPResponse(headers: ["Content-Type": "application/jsonl", "Cache-Control": "no-store"], body: body)
    }

    /// Writes documents while they arrive and answers with counts; an error says what has been written by then.
    private func importDocuments(_ tenant: TenantName, _ request: HTTPRequest) async throws -> HTTPResponse {
        let options = try ImportOptions(request)
        let slot = try beginTransfer()
        defer { withExtendedLifetime(slot) {} }
        var importing = store.makeImport(tenant, options)
        let source = request.body.makeSource()
        do {
            while let chunk = try await source() { try await importing.take(chunk) }
            return try .json(await importing.finish())
        } catch let error as ImportError {
            return try .json(ImportRefusal(error), status: HTTPError(error.cause).status)
        }
    }

    private func beginTransfer() throws -> TransferSlot {
        guard let slot = store.beginTransfer() else {
            throw HTTPError(
                .tooManyRequests,
                code: "too_many_transfers",
                message: "\(StoreInspector.transfersMax) exports and imports go on already. Wait until one has ended."
            )
        }
        return slot
    }
}

/// The first page of an export, which is handed out once.
private actor ExportStart {
    private var chunk: [UInt8]?
    init(_ chunk: [UInt8]?) { self.chunk = chunk }

    func take() -> [UInt8]? {
        defer { chunk = nil }
        return chunk
    }
}

/// What the query of an import says.
struct ImportOptions {
    /// The collection of every line; nil when each line says it.
    var collection: CollectionName?
    var existing = ExistingDocuments.replace
    /// The number of the body's first line in errors: 1, or more when it is a later part of a file.
    var firstLine = 1

    /// The greatest number that a line may have.
    private static let lineMax = 1 << 40

    init(_ request: HTTPRequest) throws {
        collection = try request.queryValue("collection").map { name throws(StoreError) in try CollectionName(name) }
        if let text = request.queryValue("existing") {
            guard let existing = ExistingDocuments(rawValue: text) else {
                throw HTTPError(.badRequest, code: "invalid_existing", message: "'existing' is 'replace' or 'skip'.")
            }
            self.existing = existing
        }
        if let text = request.queryValue("first_line") {
            guard let line = Int(text), (1...Self.lineMax).contains(line) else {
                throw HTTPError(.badRequest, code: "invalid_first_line", message: "'first_line' is a number from 1 on.")
            }
            firstLine = line
        }
    }
}

/// The answer to an import that did not come to its end.
package struct ImportRefusal: Codable, Sendable {
    /// The error as in every answer.
    package struct Content: Codable, Sendable {
        /// A stable name for programs.
        package var code: String
        /// The line, the reason and what has been imported.
        package var message: String
    }

    /// What was wrong.
    package var error: Content
    /// The first line that was not imported, and nothing behind it was.
    package var line: Int
    /// How many documents were written before.
    package var imported: Int
    /// How many were left alone before.
    package var skipped: Int

    init(_ error: ImportError) {
        self.error = Content(code: error.cause.code.description, message: error.message)
        line = error.line
        imported = error.counts.imported
        skipped = error.counts.skipped
    }
}

extension HTTPError {
    /// A failure of the store as the admin API tells it.
    init(_ error: StoreError) {
        let status: HTTPStatus =
            switch error.code {
            case .invalidName, .invalidQuery, .invalidDocument: .badRequest
            case .notFound: .notFound
            case .conflict, .alreadyExists, .revisionMismatch, .uniqueViolation: .conflict
            case .tooLarge: .contentTooLarge
            case .quotaExceeded: .insufficientStorage
            default: .serviceUnavailable
            }
        self.init(status, code: error.code.description, message: error.message)
    }
}
